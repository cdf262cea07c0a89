/* SPDX-License-Identifier: ISC */
#include "container/archive.h"

#include <string.h>

#include "base/libexec.h"

/* As getopt does it: options may stand among the paths, up to "--". */
static void
split(char *const *words, struct strv *options, struct strv *paths)
{
	bool only_paths = false;

	for (; *words != NULL; words++) {
		if (!only_paths && strcmp(*words, "--") == 0)
			only_paths = true;
		else if (!only_paths && (*words)[0] == '-' &&
		    (*words)[1] != '\0')
			strv_push(options, *words);
		else
			strv_push(paths, *words);
	}
	if (paths->n == 0)
		strv_push(paths, ".");
}

void
archive_argv(const struct plan *p, enum archive_mode mode, char *const *words,
    bool verbose, struct strv *argv)
{
	STRV_AUTO struct strv options = { 0 };
	STRV_AUTO struct strv paths = { 0 };

	if (mode == ARCHIVE_LS)
		split(words, &options, &paths);
	else
		strv_pushv(&paths, words);
	strv_take(argv, libexec_path("dexec-archive"));
	strv_push(argv, mode == ARCHIVE_LS ? "ls" : "cat");
	strv_push_option(argv, "--docker", p->docker->program);
	strv_push_option(argv, "--host", p->docker->host);
	strv_push_option(argv, "--context", p->docker->context);
	strv_push_option(argv, "--target", p->target);
	strv_push_option(argv, "--shown", p->name);
	strv_push_option(argv, "--workdir", p->options->workdir);
	if (verbose)
		strv_push(argv, "--verbose");
	strv_pushv(argv, strv_argv(&options));
	strv_push(argv, "--");
	strv_pushv(argv, strv_argv(&paths));
}
