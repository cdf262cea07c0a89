/* SPDX-License-Identifier: ISC */
#include "render/man.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "dexec/command.h"
#include "dexec/settings.h"

/*
 * One character of text.  A hyphen that joins no word is to stay what it is,
 * not to become a typographer's.
 */
static void
add_character(struct buf *b, char c, bool joins)
{
	if (c == '\\')
		buf_add_text(b, "\\e");
	else if (c == '-' && !joins)
		buf_add_text(b, "\\-");
	else
		buf_add_byte(b, c);
}

/* Text lines: each sentence begins a line, a blank line ends a paragraph. */
static void
add_text(struct buf *b, const char *text)
{
	bool line_start = true, joins;
	char last = '\n';

	for (; *text != '\0'; last = *text++) {
		if (line_start && *text == '\n') {
			buf_add_text(b, ".Pp\n");
			continue;
		}
		if (line_start && (*text == '.' || *text == '\''))
			buf_add_text(b, "\\&");
		line_start = *text == '\n';
		if (strncmp(text, ".  ", 3) == 0) {
			buf_add_text(b, ".\n");
			text += 2;
			line_start = true;
			continue;
		}
		joins = isalnum((unsigned char)last) != 0;
		add_character(b, *text, joins);
	}
}

/* An option's help is a phrase; here it is a sentence. */
static void
add_sentence(struct buf *b, const char *phrase)
{
	MEM_AUTO char *sentence = mem_printf("%s.\n", phrase);

	*sentence = (char)toupper((unsigned char)*sentence);
	add_text(b, sentence);
}

/* Behind the macro Fl, which makes the first hyphen. */
static void
add_long_name(struct buf *b, const char *name)
{
	for (buf_add_text(b, "\\-"); *name != '\0'; name++)
		add_character(b, *name, false);
}

static void
add_options(struct buf *b, const struct option_row *row, struct remarks *r)
{
	buf_add_text(b, ".Bl -tag -width Ds\n");
	for (; row->name != NULL; row++) {
		buf_add_text(b, ".It ");
		if (row->letter != '\0')
			buf_addf(b, "Fl %c , ", row->letter);
		buf_add_text(b, "Fl ");
		add_long_name(b, row->name);
		if (row->bare != NULL)
			buf_addf(b, " Ns Op = Ns Ar %s", row->value);
		else if (row->value != NULL)
			buf_addf(b, " Ar %s", row->value);
		buf_add_byte(b, '\n');
		add_sentence(b, row->help);
		buf_add_text(b, remark_on(r, row->name));
	}
	buf_add_text(b, ".El\n");
}

static void
render_options(struct buf *b, struct remarks *r)
{
	add_options(b, settings_rows, r);
}

static void
render_many_options(struct buf *b, struct remarks *r)
{
	add_options(b, many_rows, r);
}

static void
render_exec_options(struct buf *b, struct remarks *r)
{
	add_options(b, exec_option_rows, r);
}

/* docker exec's options have a section of their own. */
static void
render_commands(struct buf *b, struct remarks *r)
{
	const struct command *c;

	buf_add_text(b, ".Bl -tag -width Ds\n");
	for (size_t i = 0; (c = commands[i]) != NULL; i++) {
		buf_addf(b, ".It Ic %s Ar \"%s\"\n", c->name, c->synopsis);
		add_text(b, c->help);
		buf_add_text(b, remark_on(r, c->name));
		if (c->options != NULL && c->options != exec_option_rows)
			add_options(b, c->options, r);
	}
	buf_add_text(b, ".El\n");
}

static void
add_variables(struct buf *b, const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		if (row->environment == NULL)
			continue;
		buf_addf(b, ".It Ev %s\nAs\n.Fl ", row->environment);
		add_long_name(b, row->name);
		buf_add_text(b, " .\n");
	}
}

static void
render_environment(struct buf *b, struct remarks *r)
{
	(void)r;
	add_variables(b, settings_rows);
	add_variables(b, many_rows);
}

/* All that may be set, but for the last; returns that. */
static const struct option_row *
add_config(struct buf *b, const struct option_row *last,
    const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		if (!row->config)
			continue;
		if (last != NULL)
			buf_addf(b, ".Cm %s ,\n", last->name);
		last = row;
	}
	return last;
}

static void
render_config(struct buf *b, struct remarks *r)
{
	const struct option_row *last;

	(void)r;
	last = add_config(b, NULL, settings_rows);
	last = add_config(b, last, many_rows);
	buf_addf(b, ".Cm %s .\n", last->name);
}

static void
render_version(struct buf *b, struct remarks *r)
{
	(void)r;
	buf_add_text(b, PACKAGE_VERSION);
}

const struct part man_parts[] = {
	{ "OPTIONS", render_options },
	{ "MANY_OPTIONS", render_many_options },
	{ "EXEC_OPTIONS", render_exec_options },
	{ "COMMANDS", render_commands },
	{ "ENVIRONMENT", render_environment },
	{ "CONFIG", render_config },
	{ "VERSION", render_version },
	{ NULL }
};
