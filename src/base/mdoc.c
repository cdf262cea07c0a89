/* SPDX-License-Identifier: ISC */
#include "base/mdoc.h"

#include <string.h>

#include "base/buf.h"

static void
add_byte(struct buf *b, char c)
{
	if (c == '\\')
		buf_add_text(b, "\\e");
	else if (c == '-')
		buf_add_text(b, "\\-");
	else
		buf_add_byte(b, c);
}

/* One that mdoc would read as its own is told that it is not. */
static void
add_line(struct buf *b, const char *text, size_t len)
{
	if (len > 0 && (*text == '.' || *text == '\''))
		buf_add_text(b, "\\&");
	for (size_t i = 0; i < len; i++)
		add_byte(b, text[i]);
	/* An empty line is one of mdoc's own. */
	buf_add_text(b, len == 0 ? ".Pp\n" : "\n");
}

void
mdoc_command(struct buf *b, const char *name, const char *synopsis)
{
	buf_addf(b, ".Ss %s Oo Ar OPTIONS Oc", name);
	if (*synopsis != '\0')
		buf_addf(b, " Ar %s", synopsis);
	buf_add_byte(b, '\n');
}

/* Sentences begin on lines of their own. */
void
mdoc_paragraph(struct buf *b, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n) {
		n = strcspn(text, "\n");
		for (const char *end = text; (end = strstr(end, ".  ")) !=
		    NULL && end < text + n;) {
			add_line(b, text, (size_t)(end + 1 - text));
			n -= (size_t)(end + 3 - text);
			text = end += 3;
		}
		add_line(b, text, n);
		n += text[n] == '\n';
	}
}

void
mdoc_options(struct buf *b, const struct option_row *row)
{
	buf_add_text(b, ".Bl -tag -width Ds\n");
	for (; row->name != NULL; row++) {
		buf_add_text(b, ".It ");
		if (row->letter != '\0')
			buf_addf(b, "Fl %c , ", row->letter);
		buf_add_text(b, "Fl \\-");
		for (const char *c = row->name; *c != '\0'; c++)
			add_byte(b, *c);
		if (row->value != NULL)
			buf_addf(b, " Ar %s", row->value);
		buf_add_byte(b, '\n');
		add_line(b, row->help, strlen(row->help));
		if (row->environment != NULL)
			buf_addf(b, "(environment:\n.Ev %s )\n",
			    row->environment);
	}
	buf_add_text(b, ".El\n");
}
