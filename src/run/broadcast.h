/* SPDX-License-Identifier: ISC */
/*
 * Our standard input, read once and given to many children, however late they
 * start and however slowly they read.
 *
 * What is read goes into one file without a name, and each receiver gets it
 * from there at its own pace.  No more is read than the fastest of them asks
 * for.  A terminal is read only while it is our turn (feed.h).  A regular file
 * is not copied: each child opens it anew.
 */
#ifndef RUN_BROADCAST_H
#define RUN_BROADCAST_H

#include <sys/types.h>
#include <sys/queue.h>

#include <stdbool.h>

#include "run/feed.h"
#include "run/loop.h"

struct error;
struct broadcast;

/* Embedded in whoever has the child; zeroed before use. */
struct receiver {
	struct broadcast *broadcast;	/* NULL: it gets nothing from us */
	struct loop_watch out;		/* the broadcast's own, as all below */
	off_t at;			/* what comes next */
	TAILQ_ENTRY(receiver) link;
};

struct broadcast {
	/*
	 * Set by the caller when it is open.  The input cannot be read or not
	 * be kept: nobody gets more of it, nor an end that is none.  Once.
	 */
	void (*failed)(void *arg, const struct error *);
	void *arg;

	struct loop *loop;	/* the broadcast's own, as all below */
	int input;		/* borrowed */
	off_t begin;		/* where a regular file is read from, or -1 */
	int file;
	off_t size;
	bool ended, broken;
	struct loop_watch in;
	struct feed feed;
	int fed;		/* what the feed has read, or -1 */
	TAILQ_HEAD(receivers, receiver) receivers;
};

/* Give what comes on INPUT.  -1 with the error set; then nothing is open. */
int broadcast_open(struct broadcast *, struct loop *, int input,
    struct error *);

/*
 * Begin to give it to one more, from the beginning.  Returns the descriptor
 * that the child gets as its standard input and that the caller closes when
 * the child has it, or -1 with the error set.
 */
int broadcast_join(struct broadcast *, struct receiver *, struct error *);

/*
 * No more for this one; closes its pipe.  A receiver whose child has gone
 * leaves by itself.  Harmless when it never joined.
 */
void receiver_clear(struct receiver *);

/* Clears all receivers, too. */
void broadcast_close(struct broadcast *);

#endif
