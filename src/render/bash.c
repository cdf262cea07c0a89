/* SPDX-License-Identifier: ISC */
#include "render/bash.h"

#include "base/buf.h"
#include "dexec/command.h"
#include "dexec/settings.h"

static void
join_commands(struct buf *b, const char *between)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		buf_addf(b, "%s%s", i > 0 ? between : "", commands[i]->name);
}

static void
render_commands(struct buf *b, struct remarks *r)
{
	(void)r;
	join_commands(b, " ");
}

/* For a case. */
static void
render_command_pattern(struct buf *b, struct remarks *r)
{
	(void)r;
	join_commands(b, " | ");
}

static void
add_names(struct buf *b, const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		if (row->letter != '\0')
			buf_addf(b, " -%c", row->letter);
		buf_addf(b, " --%s", row->name);
	}
}

/* Rows of a case: which options there are where. */
static void
render_options(struct buf *b, struct remarks *r)
{
	(void)r;
	buf_add_text(b, "\tbefore) options=(");
	add_names(b, settings_rows);
	add_names(b, many_rows);
	add_names(b, exec_option_rows);
	buf_add_text(b, " ) ;;\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (commands[i]->options == NULL)
			continue;
		buf_addf(b, "\t%s) options=(", commands[i]->name);
		add_names(b, commands[i]->options);
		buf_add_text(b, " ) ;;\n");
	}
}

/* What a value is, in the template's words. */
static void
add_kind(struct buf *b, const struct option_row *row)
{
	static const char *const kinds[] = {
		[COMPLETE_NOTHING] = "nothing",
		[COMPLETE_FILE] = "file",
		[COMPLETE_DIRECTORY] = "directory",
		[COMPLETE_PROGRAM] = "program",
		[COMPLETE_CONTEXT] = "context",
		[COMPLETE_TARGET] = "target",
	};

	if (row->choices == NULL) {
		buf_addf(b, "kind='%s'", kinds[row->complete]);
		return;
	}
	buf_add_text(b, "kind='choice' choices=(");
	for (size_t i = 0; row->choices[i] != NULL; i++)
		buf_addf(b, " %s", row->choices[i]);
	buf_add_text(b, " )");
}

/* A long name as the template asks for it: with hyphens only. */
static void
add_hyphened(struct buf *b, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == '_')
			buf_add_byte(b, '-');
		else
			buf_add_byte(b, *name);
	}
}

static void
add_kinds(struct buf *b, const char *where, const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		if (row->kind == OPTION_BOOL)
			continue;
		buf_add_byte(b, '\t');
		if (row->letter != '\0')
			buf_addf(b, "%s:-%c | ", where, row->letter);
		buf_addf(b, "%s:--", where);
		add_hyphened(b, row->name);
		/* A name alone has no value behind it then. */
		buf_add_text(b, row->bare != NULL ? "=) " : ") ");
		add_kind(b, row);
		buf_add_text(b, " ;;\n");
	}
}

/* Rows of a case: which options take a value, and of what kind. */
static void
render_kinds(struct buf *b, struct remarks *r)
{
	(void)r;
	add_kinds(b, "before", settings_rows);
	add_kinds(b, "before", many_rows);
	add_kinds(b, "before", exec_option_rows);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (commands[i]->options != NULL)
			add_kinds(b, commands[i]->name, commands[i]->options);
}

/* For a case: the options for several containers, with hyphens only. */
static void
render_many(struct buf *b, struct remarks *r)
{
	(void)r;
	for (const struct option_row *row = many_rows; row->name != NULL;
	    row++) {
		if (row != many_rows)
			buf_add_text(b, " | ");
		if (row->letter != '\0')
			buf_addf(b, "-%c | ", row->letter);
		buf_add_text(b, "--");
		add_hyphened(b, row->name);
	}
}

const struct part bash_parts[] = {
	{ "COMMANDS", render_commands },
	{ "COMMAND_PATTERN", render_command_pattern },
	{ "OPTIONS", render_options },
	{ "KINDS", render_kinds },
	{ "MANY", render_many },
	{ NULL }
};
