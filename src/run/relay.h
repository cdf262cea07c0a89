/* SPDX-License-Identifier: ISC */
/*
 * Carrying one stream: what arrives on a pipe goes to a descriptor (or to a
 * spool, or to a lane), byte for byte and as it comes.  Where the destination
 * is full the pipe is left alone, so that its writer waits and no memory grows.
 *
 * The first bytes can be held back while a judge makes up its mind on them.
 */
#ifndef RUN_RELAY_H
#define RUN_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/loop.h"
#include "run/pace.h"
#include "run/sink.h"

struct lane;
struct spool;

struct relay;

struct relay_hooks {
	/*
	 * For how many ms at the most shall the LEN bytes that came so far be
	 * held back further?  Asked until it says 0, until the stream ends, or
	 * the time that it gave first is over.  NULL: holds nothing.
	 */
	int (*hold)(const char *bytes, size_t len);

	/*
	 * Bytes are about to be written to a terminal, and have been; with a
	 * lane it is the outlet that tells.  Or NULL.
	 */
	void (*before_write)(void *arg);
	void (*after_write)(void *arg);

	/*
	 * The destination takes no more, errno value CAUSE (EPIPE also when it
	 * is a pipe whose reader has had something and left); what follows is
	 * read and dropped.  Called once at the most.  With a lane it may be
	 * that a long line could not be kept (its `spill_failed`).
	 */
	void (*broken)(void *arg, const struct relay *, int cause);

	/* Megabytes have come: this is bulk.  Called once at the most.  Or NULL. */
	void (*bulk)(void *arg);

	/* The stream is at its end and all of it is delivered, but for `held`. */
	void (*ended)(void *arg);

	void *arg;
};

struct relay {
	struct relay_hooks hooks;
	struct buf held;	/* what was held back to the end, to be judged */
	bool at_line_start;	/* a terminal's cursor is where we found it */
	bool delivered;		/* something went out, or was dropped */
	unsigned long steps;	/* how often something was moved on */
	uint64_t bytes;		/* that have come */
	bool ended;
	int stream;		/* its number in a spool */

	struct loop *loop;	/* the relay's own, as all below */
	struct loop_watch in, out;
	struct loop_timer patience, rest;
	struct pace pace;
	struct spool *spool;	/* one of these, or */
	struct lane *lane;
	struct sink sink;
	bool holding, drain, dropping;
	struct buf pending;	/* read, not yet written */
};

/*
 * Hooks and `stream` are the caller's to set before; all else is zero.
 *
 * Relay from IN, the read end of a pipe, which is now the relay's and must be
 * non-blocking, to OUT, which is borrowed and whose flags are left alone.
 */
void relay_start(struct relay *, struct loop *, int in, int out);

/* The same into SPOOL, as its stream number `stream`. */
void relay_start_spool(struct relay *, struct loop *, int in, struct spool *);

/*
 * The same into LANE, which is open, and the relay's until that is cleared; it
 * is cleared with it.  The stream has ended when its outlet has all of it.
 */
void relay_start_lane(struct relay *, struct loop *, int in, struct lane *);

/* Grows whenever bytes move on, also those that a lane waits for. */
unsigned long relay_progress(const struct relay *);

/*
 * Nothing more will be written to the pipe: end when it is empty, also when
 * somebody else still holds its other end open.
 */
void relay_drain(struct relay *);

/* Deliver no more: read and drop the rest, as if the destination were gone. */
void relay_abandon(struct relay *);

/* Deliver what was held back after all (the stream has ended). */
void relay_release(struct relay *);

/* Ends in any state; harmless when never started or done. */
void relay_clear(struct relay *);

#endif
