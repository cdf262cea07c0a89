/* SPDX-License-Identifier: ISC */
#include "render/fish.h"

#include "base/buf.h"
#include "dexec/command.h"
#include "dexec/settings.h"

static void
add_quoted(struct buf *b, const char *text)
{
	buf_add_byte(b, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_add_byte(b, '\\');
		buf_add_byte(b, *text);
	}
	buf_add_byte(b, '\'');
}

/* The flags of fish's complete that say what the value is. */
static void
add_value(struct buf *b, const struct option_row *row)
{
	static const char *const values[] = {
		[COMPLETE_NOTHING] = " -x",
		[COMPLETE_FILE] = " -r -F",
		[COMPLETE_DIRECTORY] = " -x -a '(__fish_complete_directories)'",
		[COMPLETE_PROGRAM] = " -x -a '(__fish_complete_command)'",
		[COMPLETE_CONTEXT] = " -x -a '(__dexec_contexts)'",
		[COMPLETE_TARGET] = " -x -a '(__dexec_targets)'",
	};

	if (row->choices == NULL) {
		buf_add_text(b, values[row->complete]);
		return;
	}
	for (size_t i = 0; row->choices[i] != NULL; i++)
		buf_addf(b, "%s%s", i > 0 ? " " : row->bare != NULL ?
		    " -f -a '" : " -x -a '", row->choices[i]);
	buf_add_byte(b, '\'');
}

static void
add_options(struct buf *b, const char *where, const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		buf_addf(b, "complete -c dexec -n '__dexec_at %s'", where);
		if (row->letter != '\0')
			buf_addf(b, " -s %c", row->letter);
		buf_addf(b, " -l %s", row->name);
		if (row->kind != OPTION_BOOL)
			add_value(b, row);
		buf_add_text(b, " -d ");
		add_quoted(b, row->help);
		buf_add_byte(b, '\n');
	}
}

static void
render_options(struct buf *b, struct remarks *r)
{
	(void)r;
	add_options(b, "before", settings_rows);
	add_options(b, "before", many_rows);
	add_options(b, "before", exec_option_rows);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (commands[i]->options != NULL)
			add_options(b, commands[i]->name,
			    commands[i]->options);
}

static void
render_commands(struct buf *b, struct remarks *r)
{
	(void)r;
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_addf(b, "complete -c dexec -n '__dexec_at command' -a %s "
		    "-d ", commands[i]->name);
		add_quoted(b, commands[i]->summary);
		buf_add_byte(b, '\n');
	}
}

static void
render_command_names(struct buf *b, struct remarks *r)
{
	(void)r;
	for (size_t i = 0; commands[i] != NULL; i++)
		buf_addf(b, " %s", commands[i]->name);
}

/* Those that have options: behind others everything is an argument. */
static void
render_with_options(struct buf *b, struct remarks *r)
{
	(void)r;
	for (size_t i = 0; commands[i] != NULL; i++)
		if (commands[i]->options != NULL)
			buf_addf(b, " %s", commands[i]->name);
}

static void
add_takers(struct buf *b, const char *where, const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		if (!option_takes_word(row))
			continue;
		if (row->letter != '\0')
			buf_addf(b, " %s:-%c", where, row->letter);
		buf_addf(b, " %s:--%s", where, row->name);
	}
}

/* The options that take a value, as words "WHERE:OPTION". */
static void
render_takers(struct buf *b, struct remarks *r)
{
	(void)r;
	add_takers(b, "before", settings_rows);
	add_takers(b, "before", many_rows);
	add_takers(b, "before", exec_option_rows);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (commands[i]->options != NULL)
			add_takers(b, commands[i]->name, commands[i]->options);
}

/* The options for several containers. */
static void
render_many(struct buf *b, struct remarks *r)
{
	(void)r;
	for (const struct option_row *row = many_rows; row->name != NULL;
	    row++) {
		if (row->letter != '\0')
			buf_addf(b, " -%c", row->letter);
		buf_addf(b, " --%s", row->name);
	}
}

const struct part fish_parts[] = {
	{ "OPTIONS", render_options },
	{ "COMMANDS", render_commands },
	{ "COMMAND_NAMES", render_command_names },
	{ "WITH_OPTIONS", render_with_options },
	{ "TAKERS", render_takers },
	{ "MANY", render_many },
	{ NULL }
};
