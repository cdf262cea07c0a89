/* SPDX-License-Identifier: ISC */
/*
 * dexec-archive: read what `docker cp -L CONTAINER:PATH -` writes.  dexec runs
 * it, with that on standard input, where an image has no cat or no ls and
 * where the container is stopped:
 *
 *     dexec-archive cat --name TEXT
 *     dexec-archive ls  --name TEXT [--header] [--gap] [LS-OPTIONS]
 *
 * Exit status: 0; 1 the path is not of the kind asked for; 2 a damaged archive,
 * or an ls option that is not available; 3, with no message, when standard
 * input was empty (docker has said why); 125 when standard output cannot be
 * written.  A reader that went away ends it by SIGPIPE.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/cat.h"
#include "archive/input.h"
#include "archive/ls.h"
#include "archive/output.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

/* Longer names are cut in messages. */
#define SHOWN_MAX	1024

/* Words that dexec puts in front of the options of ls. */
static char *const *
parse_request(struct ls_request *request, char *const *argv)
{
	for (; *argv != NULL; argv++) {
		if (strcmp(*argv, "--name") == 0 && argv[1] != NULL)
			request->name = *++argv;
		else if (strcmp(*argv, "--header") == 0)
			request->header = true;
		else if (strcmp(*argv, "--gap") == 0)
			request->gap = true;
		else
			break;
	}
	return argv;
}

/* Say which path it was that failed. */
static int
name_path(int r, const char *name, struct error *err)
{
	MEM_AUTO char *shown = NULL;

	if (r == -1 && (err->status == STATUS_PATH ||
	    err->status == STATUS_BROKEN)) {
		shown = text_printable(name, SHOWN_MAX);
		error_context(err, "%s", shown);
	}
	return r;
}

static int
run(char *const *argv, struct output *out, struct error *err)
{
	struct ls_request request = { 0 };
	const char *command = *argv != NULL ? *argv++ : "";
	int r;

	argv = parse_request(&request, argv);
	if (request.name == NULL)
		return error_set(err, "dexec-archive is for dexec to run");
	if (strcmp(command, "cat") == 0 && *argv == NULL) {
		r = cat_run(STDIN_FILENO, out, err);
		return name_path(r, request.name, err);
	}
	if (strcmp(command, "ls") != 0)
		return error_set(err, "dexec-archive is for dexec to run");
	if (ls_options_parse(&request.options, argv, err) == -1)
		return -1;
	r = ls_run(STDIN_FILENO, &request, out, err);
	return name_path(r, request.name, err);
}

/* Nobody reads any more: end as if SIGPIPE had not been ignored. */
static void
die_by_sigpipe(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGPIPE);
}

int
main(int argc, char **argv)
{
	struct output out = { .fd = STDOUT_FILENO };
	ERROR_AUTO struct error error = { 0 };

	(void)argc;
	setprogname("dexec");
	if (file_fill_standard() == -1)
		err(STATUS_FAILED, "cannot open /dev/null");
	run(argv + 1, &out, &error);
	output_finish(&out, &error);
	if (out.cause == EPIPE)
		die_by_sigpipe();
	if (error.text != NULL)
		warnx("%s", error.text);
	return error.status;
}
