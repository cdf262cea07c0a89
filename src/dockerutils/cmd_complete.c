/* SPDX-License-Identifier: ISC */
/* complete: what a shell offers for a word, from the tables and what there is. */
#include "dockerutils/command.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/docks.h"
#include "run/ask.h"

#define PATIENCE	3000	/* ms, for docker */

/* What begins as WORD does is offered. */
static void
offer(const char *candidate, const char *word)
{
	if (strncmp(candidate, word, strlen(word)) == 0)
		printf("%s\n", candidate);
}

static void
offer_all(const struct strv *candidates, const char *word)
{
	for (size_t i = 0; i < candidates->n; i++)
		offer(candidates->v[i], word);
}

static void
offer_options(const struct option_row *row, const char *word)
{
	for (; row != NULL && row->name != NULL; row++) {
		MEM_AUTO char *name = mem_printf("--%s", row->name);

		offer(name, word);
	}
}

static void
offer_images(const struct command *c, const char *word)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct project p = { 0 };

	if (project_enter(&p, &nobody, &e) == 0) {
		if (strcmp(c->name, "build-image") == 0) {
			offer("all", word);
			offer("clean", word);
		}
		offer_all(&p.images, word);
		if (c->argument == ARGUMENT_RUNNABLE)
			offer_all(&p.synthetic, word);
	}
	project_clear(&p);
}

static void
offer_docks(const char *word)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct docks docks = { 0 };

	if (docks_read(&docks, &nobody, &e) == 0)
		for (size_t i = 0; i < docks.n; i++)
			offer(record_name(&docks.v[i].record), word);
	docks_clear(&docks);
}

static void
offer_references(const struct call *call, const char *word)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct question q = { 0 };
	MEM_AUTO char *text = NULL;
	char *rest, *line;

	strv_push(&q.argv, call->choices.docker);
	strv_push(&q.argv, "image");
	strv_push(&q.argv, "ls");
	strv_push_option(&q.argv, "--format", "{{.Repository}}:{{.Tag}}");
	if (ask(&q, 1, PATIENCE, &nobody, &e) == 0 && question_answered(&q)) {
		text = buf_steal(&q.capture.out);
		rest = text;
		while ((line = strsep(&rest, "\n")) != NULL)
			if (*line != '\0' && *line != '<')
				offer(line, word);
	}
	question_clear(&q);
}

/* How many words of WORDS, but for the last, are no options of COMMAND. */
static size_t
count_arguments(char *const *words)
{
	size_t n = 0;

	for (; words[0] != NULL && words[1] != NULL; words++)
		n += words[0][0] != '-';
	return n;
}

static void
offer_argument(const struct call *call, const struct command *c, size_t number,
    const char *word)
{
	if (number == 0 && (c->argument == ARGUMENT_IMAGE ||
	    c->argument == ARGUMENT_RUNNABLE))
		offer_images(c, word);
	else if (number == 0 && c->argument == ARGUMENT_DOCK)
		offer_docks(word);
	else if (number == 0 && c->argument == ARGUMENT_REFERENCE)
		offer_references(call, word);
	else if (number == 1 && c->argument == ARGUMENT_REFERENCE)
		offer_docks(word);
}

/* WORDS: the command's name, and what stands behind it, to the cursor. */
static int
run(struct call *call, struct error *e)
{
	char *const *words = call->words;
	const char *slash = strrchr(words[0], '/');
	const struct command *c = command_named(slash != NULL ? slash + 1 :
	    words[0]);
	const char *word;

	(void)e;
	if (c == NULL && words[1] != NULL && words[2] == NULL) {
		for (size_t i = 0; commands[i] != NULL; i++)
			if (!commands[i]->hidden)
				offer(commands[i]->name, words[1]);
		return 0;
	}
	if (c == NULL && words[1] != NULL)
		c = command_named((++words)[0]);
	if (c == NULL || words[1] == NULL)
		return 0;
	word = call->words[call->arguments.words.n - 1];
	if (*word == '-') {
		offer_options(c->options, word);
		offer_options(general_rows, word);
	} else {
		offer_argument(call, c, count_arguments(words + 1), word);
	}
	return 0;
}

const struct command command_complete = {
	.name = "complete",
	.synopsis = "-- WORD...",
	.summary = "what a shell offers for the last word",
	.help = "Print what may stand for the last WORD of a command line.\n",
	.least = 1,
	.most = 10000,
	.hidden = true,
	.run = run,
};
