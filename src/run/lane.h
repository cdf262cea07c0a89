/* SPDX-License-Identifier: ISC */
/*
 * One stream of one target, on its way to an outlet that it shares.
 *
 * Each of its lines gets a prefix and comes out whole: other lanes' lines are
 * before it or behind it.  A line that has no end yet is kept, in memory while
 * it is short and in a file without a name when it is not, so that memory use
 * does not depend on the length of lines.  Bytes are never altered otherwise.
 */
#ifndef RUN_LANE_H
#define RUN_LANE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "run/outlet.h"

struct lane {
	/* Set by whoever gives to the lane (when it is open); NULL till then. */
	void (*ready)(void *arg);		/* what was waited for */
	void (*broken)(void *arg, int cause);	/* it takes no more, errno */
	void *arg;

	bool spill_failed;	/* it was the temporary file that broke it */

	struct outlet *outlet;	/* the lane's own, as all below */
	struct outlet_writer writer;
	const char *prefix;
	size_t prefix_len;
	struct buf line;	/* unfinished, and short */
	int spill;		/* unfinished or not yet delivered, and long */
	off_t size;		/* of the spill */
	off_t line_end;		/* in it; behind it is what came with it */
	off_t sent;
	bool delivering;	/* the spill has a whole line */
};

/*
 * PREFIX is borrowed for as long as the lane lives.  NULL: there are no lines,
 * bytes pass as they come, between those of others; "" are lines without one.
 */
void lane_open(struct lane *, struct outlet *, const char *prefix);

/* The lane may be given another 64 KiB.  Always, once it is broken. */
bool lane_has_room(const struct lane *);

/* Call `ready`, from the loop, when there is room. */
void lane_wait(struct lane *);

/*
 * Pass on LEN bytes.  0, or -1 with errno: the outlet is broken, or a long line
 * cannot be kept (spill_failed; for instance $TMPDIR is full).
 */
int lane_add(struct lane *, const char *bytes, size_t len);

/*
 * Pass on what can be read from FD, a pipe, at once, up to 64 KiB.  Returns how
 * much, 0 at the end of the pipe, or -1 with errno: EAGAIN from the pipe,
 * anything else as lane_add().
 */
ssize_t lane_take(struct lane *, int fd);

/*
 * The stream has ended: an unfinished line is completed with a newline.
 * Returns 1 when the outlet has everything; 0: it cannot take all yet, `ready`
 * is called when to ask again; -1 as lane_add().
 */
int lane_end(struct lane *);

/*
 * Give no more: what the outlet has not got is dropped, and a line that is
 * under way is completed.  Harmless when never opened, or done before.
 */
void lane_clear(struct lane *);

#endif
