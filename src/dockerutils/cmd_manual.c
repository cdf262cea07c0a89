/* SPDX-License-Identifier: ISC */
/* manual: the part of the manual page that the tables know, in mdoc(7). */
#include "dockerutils/command.h"

#include <stdio.h>
#include <string.h>

static void
print_byte(char c)
{
	if (c == '\\')
		fputs("\\e", stdout);
	else if (c == '-')
		fputs("\\-", stdout);
	else
		putchar(c);
}

/* One that mdoc would read as its own is told that it is not. */
static void
print_line(const char *text, size_t len)
{
	if (len > 0 && (*text == '.' || *text == '\''))
		fputs("\\&", stdout);
	for (size_t i = 0; i < len; i++)
		print_byte(text[i]);
	putchar('\n');
}

/* Sentences begin on lines of their own. */
static void
print_paragraph(const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n) {
		n = strcspn(text, "\n");
		for (const char *end = text; (end = strstr(end, ".  ")) !=
		    NULL && end < text + n;) {
			print_line(text, (size_t)(end + 1 - text));
			n -= (size_t)(end + 3 - text);
			text = end += 3;
		}
		print_line(text, n);
		n += text[n] == '\n';
	}
}

static void
print_options(const struct option_row *row)
{
	printf(".Bl -tag -width Ds\n");
	for (; row->name != NULL; row++) {
		printf(".It ");
		if (row->letter != '\0')
			printf("Fl %c , ", row->letter);
		printf("Fl \\-");
		for (const char *c = row->name; *c != '\0'; c++)
			print_byte(*c);
		if (row->value != NULL)
			printf(" Ar %s", row->value);
		putchar('\n');
		print_line(row->help, strlen(row->help));
		if (row->environment != NULL)
			printf("(environment:\n.Ev %s )\n", row->environment);
	}
	printf(".El\n");
}

static int
run(struct call *call, struct error *e)
{
	(void)call;
	(void)e;
	printf(".Ss Options of every command\n");
	print_options(general_rows);
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];

		if (c->run == run || strcmp(c->name, "complete") == 0)
			continue;
		printf(".Ss %s Op Ar OPTIONS", c->name);
		if (*c->synopsis != '\0')
			printf(" Ar %s", c->synopsis);
		putchar('\n');
		print_paragraph(c->help);
		if (c->options != NULL)
			print_options(c->options);
	}
	return 0;
}

const struct command command_manual = {
	.name = "manual",
	.synopsis = "",
	.summary = "the manual page's list of commands",
	.help = "Print what the manual page has from the tables.\n",
	.hidden = true,
	.run = run,
};
