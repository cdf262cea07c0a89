/* SPDX-License-Identifier: ISC */
/*
 * Programs one behind the other, "a | b | c", in our process group and with our
 * terminal: how each of them ended is known, and when an early one fails the
 * later ones are ended too instead of being told that all is well.
 */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/loop.h"

struct error;
struct running;

#define PIPELINE_MOST	4

struct pipeline_stage {
	char *const *argv;	/* the caller's, as all above the line */
	const char *name;	/* what messages call it */

	int wait_status;	/* as waitpid(2) gives it, at the end */
	bool ended;
	struct loop_child child;	/* the pipeline's own, as below */
	struct running *running;
};

struct pipeline {
	struct pipeline_stage stage[PIPELINE_MOST];
	size_t n;
	const char *label;	/* what a spinner on stderr shows, with how much
				   has come from the first; NULL: none */
	uint64_t size;		/* how much will come, roughly; 0: unknown */

	int failed;		/* the first to end with a failure; -1: none */
	int signo;		/* what has interrupted it, or 0 */
	uint64_t bytes;		/* that came from the first */
};

/*
 * Run it to its end: the first reads nothing, the last writes to our stdout,
 * all to our stderr.  Returns 0, however they ended, or -1 with the error set
 * when it could not be started.
 */
int pipeline_run(struct pipeline *, struct error *);

/* It ended with status 0. */
bool pipeline_stage_succeeded(const struct pipeline_stage *);

/* "save: exit 1; gzip: ended by PIPE": the caller frees it. */
char *pipeline_report(const struct pipeline *);

#endif
