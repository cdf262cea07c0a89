/* SPDX-License-Identifier: ISC */
/*
 * dexec-archive: what is done with archives that docker makes.  Read files of a
 * container from outside, by that of `docker cp -L CONTAINER:PATH -`: dexec runs
 * it where an image has no cat or no ls, and where the container is stopped:
 *
 *     dexec-archive cat --docker PROGRAM --target CONTAINER ... -- PATH...
 *     dexec-archive ls  --docker PROGRAM --target CONTAINER ... [LS-OPTIONS]
 *                       -- PATH...
 *
 * or, with the archive on standard input:
 *
 *     dexec-archive cat --name TEXT
 *     dexec-archive ls  --name TEXT [--header] [--gap] [LS-OPTIONS]
 *
 * Leave the first COUNT layers of an image, which has these diff IDs, out of
 * that of `docker save`, from standard input to standard output, for dockerutils
 * transfer-image:
 *
 *     dexec-archive rest COUNT DIFF-ID...
 *
 * Exit status: 0; 1 the path is not of the kind asked for, or not there (2 for
 * ls); 2 a damaged archive, or an ls option that is not available; 3, with no
 * message, when standard input was empty; 125 when docker has said something
 * else, or standard output cannot be written.  Of several paths the worst.  A
 * reader that went away ends it by SIGPIPE.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/cat.h"
#include "archive/fetch.h"
#include "archive/input.h"
#include "archive/ls.h"
#include "archive/output.h"
#include "archive/request.h"
#include "archive/rest.h"
#include "archive/shared.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

/* Longer names are cut in messages. */
#define SHOWN_MAX	1024

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

/* The archive on FD. */
static int
print(int fd, const struct request *r, struct output *out, struct error *err)
{
	int rc = r->is_ls ? ls_run(fd, &r->ls, out, err) :
	    cat_run(fd, out, err);

	return name_path(rc, r->ls.name, err);
}

/* docker gave no archive; what it SAID is turned into our words. */
static void
explain(const struct request *r, const char *said, struct error *err)
{
	MEM_AUTO char *path = request_shown(r->ls.name, SHOWN_MAX);
	const char *name = r->source.shown != NULL ? r->source.shown :
	    r->source.target;
	MEM_AUTO char *target = request_shown(name, 200);
	MEM_AUTO char *line = mem_printf("%.*s", (int)strcspn(said, "\r\n"),
	    said);
	MEM_AUTO char *words = request_shown(line, 500);
	bool missing = fetch_says_no_file(said);
	const char *cause = missing ? strerror(ENOENT) :
	    *words == '\0' ? "docker gave nothing" : words;

	if (strncmp(cause, "Error: ", 7) == 0)
		cause += 7;
	error_set(err, "%s: cannot read '%s': %s", target, path, cause);
	if (missing)
		err->status = r->is_ls ? 2 : STATUS_PATH;
}

static int
fetch_and_print(const struct request *r, struct output *out,
    struct error *err)
{
	struct fetch fetch;
	struct buf said = { 0 };
	int rc;

	if (fetch_start(&fetch, &r->source, r->ls.name, err) == -1)
		return -1;
	rc = print(fetch.archive, r, out, err);
	fetch_finish(&fetch, &said);
	if (rc == -1 && err->status == STATUS_NOTHING)
		explain(r, buf_text(&said), err);
	buf_clear(&said);
	return rc;
}

/* Print all paths; returns the worst status, all but the last error told. */
static int
run_paths(struct request *r, struct output *out, struct error *err)
{
	MEM_AUTO char *workdir = NULL;
	int worst = 0;

	if (r->source.workdir == NULL && request_any_relative(r)) {
		workdir = fetch_workdir(&r->source, err);
		if (workdir == NULL)
			return err->status;
		r->source.workdir = workdir;
	}
	r->ls.header = r->paths[0] != NULL && r->paths[1] != NULL;
	for (char *const *path = r->paths; *path != NULL; path++) {
		r->ls.name = *path;
		r->ls.gap = path != r->paths;
		if (fetch_and_print(r, out, err) == 0)
			continue;
		if (err->status > worst)
			worst = err->status;
		/* In the order in which things are printed. */
		if (out->cause != 0 || output_flush(out) == -1)
			break;
		warnx("%s", err->text);
		error_clear(err);
	}
	return worst;
}

static int
run_rest(char *const *words, struct output *out, struct error *err)
{
	struct shared shared = { 0 };
	int rc = shared_make(&shared, words[0], words + 1, err);

	if (rc == 0)
		rc = rest_run(STDIN_FILENO, &shared, out, err);
	shared_clear(&shared);
	return rc == 0 ? 0 : err->status;
}

static int
run(char *const *argv, struct output *out, struct error *err)
{
	struct request r;

	if (request_parse(&r, argv, err) == -1)
		return err->status;
	if (r.rest != NULL)
		return run_rest(r.rest, out, err);
	if (r.paths != NULL)
		return run_paths(&r, out, err);
	return print(STDIN_FILENO, &r, out, err) == 0 ? 0 : err->status;
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
	int status;

	(void)argc;
	setprogname("dexec");
	if (file_fill_standard() == -1)
		err(STATUS_FAILED, "cannot open /dev/null");
	status = run(argv + 1, &out, &error);
	if (output_finish(&out, &error) == -1)
		status = error.status;
	if (out.cause == EPIPE)
		die_by_sigpipe();
	if (error.text != NULL)
		warnx("%s", error.text);
	return status;
}
