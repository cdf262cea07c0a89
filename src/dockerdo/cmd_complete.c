/* SPDX-License-Identifier: ISC */
/* complete: what a shell offers for a word, from the tables. */
#include "dockerdo/command.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* What begins as WORD does is offered. */
static void
offer(const char *candidate, const char *word)
{
	if (strncmp(candidate, word, strlen(word)) == 0)
		printf("%s\n", candidate);
}

static void
offer_commands(const char *word)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (!commands[i]->hidden)
			offer(commands[i]->name, word);
}

static void
offer_options(const struct option_row *row, const char *word)
{
	for (; row != NULL && row->name != NULL; row++) {
		MEM_AUTO char *name = mem_printf("--%s", row->name);
		char letter[] = { '-', row->letter, '\0' };

		offer(name, word);
		if (row->letter != '\0' && strcmp(word, "-") == 0)
			offer(letter, word);
	}
}

static void
offer_choices(const struct option_row *row, const char *word)
{
	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL;
	    i++)
		offer(row->choices[i], word);
}

/* The option that WORD is, and that takes the next word; or NULL. */
static const struct option_row *
taking(const struct option_row *rows, const char *word)
{
	bool is_long = strncmp(word, "--", 2) == 0;

	for (; rows != NULL && rows->name != NULL; rows++)
		if (option_takes_word(rows) && (is_long ?
		    option_named(rows, word + 2, strlen(word + 2)) == rows :
		    word[0] == '-' && word[1] == rows->letter &&
		    word[1] != '\0' && word[2] == '\0'))
			return rows;
	return NULL;
}

/* WORDS: what stands behind the command's name; the last is incomplete. */
static void
offer_for(const struct command *c, char *const *words)
{
	const struct option_row *row = NULL;

	for (; words[1] != NULL; words++) {
		row = taking(c->options, words[0]);
		/* All behind its command is the container's affair. */
		if (c->reading == READ_FRONT && words[0][0] != '-' &&
		    row == NULL)
			return;
		if (row != NULL && words[2] != NULL) {
			row = NULL;
			words++;
		}
	}
	if (row != NULL) {
		offer_choices(row, words[0]);
	} else if (words[0][0] == '-') {
		offer_options(c->options, words[0]);
		offer_options(general_rows, words[0]);
	}
}

/* WORDS: the program's name, and what stands behind it, to the cursor. */
static int
run(struct call *call, struct error *e)
{
	char *const *words = call->arguments.words.v;
	const char *slash = strrchr(words[0], '/');
	const struct command *c;

	(void)e;
	if (words[1] == NULL)
		return 0;
	if (strcmp(slash != NULL ? slash + 1 : words[0], "dodo") == 0) {
		offer_for(&command_exec, words + 1);
	} else if (words[2] == NULL) {
		offer_commands(words[1]);
	} else {
		c = command_named(words[1]);
		if (c != NULL)
			offer_for(c, words + 2);
	}
	return 0;
}

const struct command command_complete = {
	.name = "complete",
	.synopsis = "-- WORD...",
	.summary = "what a shell offers for the last word",
	.help = "Print what may stand for the last WORD of a command line.\n",
	.least = 1,
	.most = ANY_NUMBER,
	.hidden = true,
	.run = run,
};
