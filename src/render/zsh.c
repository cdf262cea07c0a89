/* SPDX-License-Identifier: ISC */
#include "render/zsh.h"

#include <string.h>

#include "base/buf.h"
#include "dexec/command.h"
#include "dexec/settings.h"

/* TEXT in single quotes, with a backslash before each of SPECIAL. */
static void
add_escaped(struct buf *b, const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			buf_add_byte(b, '\\');
		if (*text == '\'')
			buf_add_text(b, "'\\'");
		buf_add_byte(b, *text);
	}
}

/* What _arguments calls the action for a value. */
static void
add_action(struct buf *b, const struct option_row *row)
{
	static const char *const actions[] = {
		[COMPLETE_NOTHING] = " ",
		[COMPLETE_FILE] = "_files",
		[COMPLETE_DIRECTORY] = "_files -/",
		[COMPLETE_PROGRAM] = "_command_names -e",
		[COMPLETE_CONTEXT] = "_dexec_contexts",
		[COMPLETE_TARGET] = "_dexec_targets",
	};

	if (row->choices == NULL) {
		buf_add_text(b, actions[row->complete]);
		return;
	}
	for (size_t i = 0; row->choices[i] != NULL; i++)
		buf_addf(b, "%s%s", i > 0 ? " " : "(", row->choices[i]);
	buf_add_byte(b, ')');
}

/* A spec of _arguments, zshcompsys(1): '(-a --all)'{-a,--all}'[help]'. */
static void
add_spec(struct buf *b, const struct option_row *row)
{
	const char *sign = row->kind == OPTION_BOOL ? "" :
	    row->bare != NULL ? "=-" : "=";

	buf_add_text(b, "\t\t");
	if (row->kind == OPTION_LIST)
		buf_add_text(b, "'*'");
	else if (row->letter != '\0')
		buf_addf(b, "'(-%c --%s)'", row->letter, row->name);
	if (row->letter != '\0')
		buf_addf(b, "{-%c%s,--%s%s}'[", row->letter,
		    *sign != '\0' ? "+" : "", row->name, sign);
	else
		buf_addf(b, "--%s%s'[", row->name, sign);
	add_escaped(b, row->help, "[]:");
	buf_add_byte(b, ']');
	if (row->kind != OPTION_BOOL) {
		/* Two colons: it may be left out. */
		buf_add_text(b, row->bare != NULL ? "::" : ":");
		add_escaped(b, row->value, "[]:");
		buf_add_byte(b, ':');
		add_action(b, row);
	}
	buf_add_text(b, "'\n");
}

static void
add_specs(struct buf *b, const struct option_row *row)
{
	for (; row->name != NULL; row++)
		add_spec(b, row);
}

static void
render_options(struct buf *b, struct remarks *r)
{
	(void)r;
	add_specs(b, settings_rows);
	add_specs(b, many_rows);
	add_specs(b, exec_option_rows);
}

static void
render_commands(struct buf *b, struct remarks *r)
{
	(void)r;
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_addf(b, "\t\t'%s:", commands[i]->name);
		add_escaped(b, commands[i]->summary, "");
		buf_add_text(b, "'\n");
	}
}

static void
render_command_names(struct buf *b, struct remarks *r)
{
	(void)r;
	for (size_t i = 0; commands[i] != NULL; i++)
		buf_addf(b, "%s%s", i > 0 ? " " : "", commands[i]->name);
}

/* Rows of a case: the options of a command. */
static void
render_command_options(struct buf *b, struct remarks *r)
{
	(void)r;
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (commands[i]->options == NULL)
			continue;
		buf_addf(b, "\t%s) specs=(\n", commands[i]->name);
		add_specs(b, commands[i]->options);
		buf_add_text(b, "\t) ;;\n");
	}
}

static void
add_takers(struct buf *b, const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		if (!option_takes_word(row))
			continue;
		if (row->letter != '\0')
			buf_addf(b, " -%c", row->letter);
		buf_addf(b, " --%s", row->name);
	}
}

/* The options before TARGET that take a value. */
static void
render_takers(struct buf *b, struct remarks *r)
{
	(void)r;
	add_takers(b, settings_rows);
	add_takers(b, many_rows);
	add_takers(b, exec_option_rows);
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

const struct part zsh_parts[] = {
	{ "OPTIONS", render_options },
	{ "COMMANDS", render_commands },
	{ "COMMAND_NAMES", render_command_names },
	{ "COMMAND_OPTIONS", render_command_options },
	{ "TAKERS", render_takers },
	{ "MANY", render_many },
	{ NULL }
};
