/* SPDX-License-Identifier: ISC */
/*
 * Carrying one stream: what arrives on a pipe goes to a descriptor (or to a
 * spool), byte for byte and as it comes.  Where the destination is full the
 * pipe is left alone, so that its writer waits and no memory grows.
 *
 * The first bytes can be held back while a judge makes up its mind on them.
 */
#ifndef RUN_RELAY_H
#define RUN_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "run/loop.h"
#include "run/sink.h"

struct spool;

struct relay;

struct relay_hooks {
	/*
	 * For how many ms at the most shall the LEN bytes that came so far be
	 * held back further?  Asked until it says 0, until the stream ends, or
	 * the time that it gave first is over.  NULL: holds nothing.
	 */
	int (*hold)(const char *bytes, size_t len);

	/* Bytes are about to be written to a terminal, and have been.  Or NULL. */
	void (*before_write)(void *arg);
	void (*after_write)(void *arg);

	/*
	 * The destination takes no more, errno value CAUSE (EPIPE also when it
	 * is a pipe whose reader has had something and left); what follows is
	 * read and dropped.  Called once at the most.
	 */
	void (*broken)(void *arg, const struct relay *, int cause);

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
	bool ended;
	int stream;		/* its number in a spool */

	struct loop *loop;	/* the relay's own, as all below */
	struct loop_watch in, out;
	struct loop_timer patience, rest;
	int64_t tick;
	size_t tick_bytes;
	bool roomy;
	struct spool *spool;
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
