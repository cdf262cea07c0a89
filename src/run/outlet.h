/* SPDX-License-Identifier: ISC */
/*
 * One of our own descriptors, stdout or stderr, that many writers share.
 *
 * What they give is kept in memory until the loop has written it, and written
 * in the order it was given.  Memory is bounded by good manners: a writer asks
 * for room before it gets more to write, and is called, first come first
 * served, when there is some.  One with more to say than fits may have the
 * outlet for itself meanwhile; what the others give then comes behind it.
 */
#ifndef RUN_OUTLET_H
#define RUN_OUTLET_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "run/loop.h"
#include "run/sink.h"

struct outlet_hooks {
	/*
	 * A terminal is about to be written to; and it has been, its cursor
	 * being at the start of a line.  Or NULL.
	 */
	void (*before_write)(void *arg);
	void (*after_write)(void *arg);

	/*
	 * It takes no more, errno value CAUSE (EPIPE also when it is a pipe
	 * whose reader has had something and left).  Called once at the most,
	 * before the writers hear of it.  Or NULL.
	 */
	void (*broken)(void *arg, int cause);

	/* All that was given so far is written, or lost; each time.  Or NULL. */
	void (*drained)(void *arg);

	void *arg;
};

/* Part of a writer's struct, who fills in the upper fields. */
struct outlet_writer {
	void (*ready)(void *arg);		/* there is room */
	void (*broken)(void *arg, int cause);	/* the outlet is */
	void *arg;

	bool joined, waiting;		/* the outlet's own, as all below */
	TAILQ_ENTRY(outlet_writer) link, queue;
};

TAILQ_HEAD(outlet_writers, outlet_writer);

struct outlet {
	struct outlet_hooks hooks;	/* the caller's, when it is open */
	bool broken;
	int cause;		/* why, an errno value */
	unsigned long steps;	/* how often something was written */
	size_t kept;		/* bytes of unfinished lines, all lanes' */

	struct loop *loop;	/* the outlet's own, as all below */
	struct sink sink;
	struct loop_watch out;
	struct buf pending;	/* given, and from `written` on not written */
	size_t written;
	struct buf aside;	/* given while somebody else had the outlet */
	struct outlet_writers writers, queue;
	struct outlet_writer *holder, *serving;
	bool begun;		/* its reader has had something */
};

/* Write to FD, which is borrowed and whose flags are left alone. */
void outlet_open(struct outlet *, struct loop *, int fd);

/*
 * What is not yet written is lost.  All writers have left, and no callback of
 * the outlet is under way.
 */
void outlet_close(struct outlet *);

/* All that was given is written, or lost since the outlet is broken. */
bool outlet_drained(const struct outlet *);

void outlet_join(struct outlet *, struct outlet_writer *);

/* Also gives up whatever the writer holds or waits for; harmless if it left. */
void outlet_leave(struct outlet *, struct outlet_writer *);

/* The writer may give another 64 KiB or so.  A broken outlet has room. */
bool outlet_has_room(const struct outlet *, const struct outlet_writer *);

/* Call the writer's `ready`, from the loop, when there is room for it. */
void outlet_wait(struct outlet *, struct outlet_writer *);

/*
 * Where the writer adds its bytes, whole lines at a time.  outlet_given() is
 * called behind it.  It may be done with no room: that is rude, not wrong.
 */
struct buf *outlet_give(struct outlet *, const struct outlet_writer *);
void outlet_given(struct outlet *);

/*
 * Have the outlet alone until it is released.  False: another has it; wait and
 * try again.
 */
bool outlet_hold(struct outlet *, struct outlet_writer *);
void outlet_release(struct outlet *, const struct outlet_writer *);

/*
 * Our two outputs.  Where both are the same file there is one outlet behind
 * both, so that neither tears what is half written on the other.
 */
struct outlets {
	struct outlet first, second;	/* the second may not be open */
	struct outlet *out, *err;
};

void outlets_open(struct outlets *, struct loop *, int out, int err);
void outlets_close(struct outlets *);
bool outlets_drained(const struct outlets *);

#endif
