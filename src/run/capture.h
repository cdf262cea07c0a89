/* SPDX-License-Identifier: ISC */
/*
 * A program whose output we read ourselves: run on the loop, stdin from
 * /dev/null, both outputs collected up to a limit, killed at a deadline.  For
 * the small docker calls beside the command itself.
 */
#ifndef RUN_CAPTURE_H
#define RUN_CAPTURE_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/buf.h"
#include "run/loop.h"

/* What is kept of each output; the rest is read and dropped. */
#define CAPTURE_LIMIT	(256 * 1024)

struct capture_stream {
	struct loop_watch watch;
	struct buf text;
	struct capture *capture;
};

struct capture {
	struct buf out;			/* filled in when done */
	struct buf err;
	int wait_status;		/* as waitpid(2) gives it */
	bool timed_out;			/* killed at the deadline */

	struct loop *loop;		/* the capture's own, as all below */
	struct capture_stream stream[2];
	struct loop_child child;
	struct loop_timer deadline;
	bool (*enough)(const char *out);
	size_t most;
	void (*done)(void *arg);
	void *arg;
	bool running;
};

/*
 * Start ARGV in a process group of its own; DONE is called from the loop when
 * it has ended.  LIMIT in ms, 0: none.  Clears what an earlier use left.
 * Returns -1 with the error set when it cannot be started; DONE is not called
 * then.
 */
int capture_start(struct capture *, struct loop *, char *const *argv,
    int64_t limit, void (*done)(void *arg), void *arg, struct error *);

/*
 * Do not wait for the program's end once ENOUGH says so of what it has printed
 * on stdout: it is killed then, and done.
 */
void capture_until(struct capture *, bool (*enough)(const char *out));

/* Keep up to MOST bytes of each output, where CAPTURE_LIMIT is too little. */
void capture_keep(struct capture *, size_t most);

/* End a running program (KILL) and reap it; DONE is not called. */
void capture_stop(struct capture *);

/* It ended by itself with status 0. */
bool capture_succeeded(const struct capture *);

/* Ends a running program too (KILL). */
void capture_clear(struct capture *);

#endif
