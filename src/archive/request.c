/* SPDX-License-Identifier: ISC */
#include "archive/request.h"

#include <err.h>
#include <locale.h>
#include <string.h>

#include "base/error.h"
#include "base/strv.h"
#include "base/text.h"

static void
print_line(void *arg, const char *text)
{
	(void)arg;
	warnx("%s", text);
}

/* The field that WORD sets to the word behind it, or NULL. */
static const char **
text_field(struct request *r, const char *word)
{
	const struct {
		const char *word;
		const char **field;
	} fields[] = {
		{ "--name", &r->ls.name },
		{ "--docker", &r->source.docker.program },
		{ "--host", &r->source.docker.host },
		{ "--context", &r->source.docker.context },
		{ "--target", &r->source.target },
		{ "--shown", &r->source.shown },
		{ "--workdir", &r->source.workdir },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(word, fields[i].word) == 0)
			return fields[i].field;
	return NULL;
}

/* The word is one that dexec puts in front of the options of ls. */
static bool
set_flag(struct request *r, const char *word)
{
	if (strcmp(word, "--header") == 0)
		r->ls.header = true;
	else if (strcmp(word, "--gap") == 0)
		r->ls.gap = true;
	else if (strcmp(word, "--verbose") == 0)
		r->source.say.verbose = true;
	else
		return false;
	return true;
}

static char *const *
parse_words(struct request *r, char *const *argv)
{
	const char **field;

	for (; *argv != NULL; argv++) {
		field = text_field(r, *argv);
		if (field != NULL && argv[1] != NULL)
			*field = *++argv;
		else if (!set_flag(r, *argv))
			break;
	}
	return argv;
}

/* What stands in front of "--", or all of it where there is none. */
static int
parse_options(struct request *r, char *const *argv, struct error *e)
{
	STRV_AUTO struct strv options = { 0 };

	while (*argv != NULL && strcmp(*argv, "--") != 0)
		strv_push(&options, *argv++);
	if (*argv != NULL)
		r->paths = argv + 1;
	if (!r->is_ls && options.n > 0)
		return error_set(e, "dexec-archive is for dexec to run");
	return ls_options_parse(&r->ls.options, strv_argv(&options), e);
}

int
request_parse(struct request *r, char *const *argv, struct error *e)
{
	const char *mode = *argv != NULL ? *argv++ : "";

	memset(r, 0, sizeof(*r));
	r->source.say.line = print_line;
	if (strcmp(mode, "rest") == 0 && *argv != NULL) {
		r->rest = argv;
		return 0;
	}
	r->is_ls = strcmp(mode, "ls") == 0;
	argv = parse_words(r, argv);
	if ((!r->is_ls && strcmp(mode, "cat") != 0) ||
	    (r->ls.name == NULL && (r->source.target == NULL ||
	    r->source.docker.program == NULL)))
		return error_set(e, "dexec-archive is for dexec to run");
	if (parse_options(r, argv, e) == -1)
		return -1;
	if ((r->ls.name == NULL) != (r->paths != NULL))
		return error_set(e, "dexec-archive is for dexec to run");
	return 0;
}

bool
request_any_relative(const struct request *r)
{
	for (char *const *path = r->paths; *path != NULL; path++)
		if ((*path)[0] != '/')
			return true;
	return false;
}

char *
request_shown(const char *text, size_t limit)
{
	char *shown;

	setlocale(LC_CTYPE, "");
	shown = text_printable(text, limit);
	setlocale(LC_CTYPE, "C");
	return shown;
}
