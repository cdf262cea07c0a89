/* SPDX-License-Identifier: ISC */
/*
 * What comes from an agent, taken apart: like a frame_reader (wire/frame.h),
 * but data is not collected: its bytes are handed on as they are, and what has
 * not been read yet can be moved by the kernel.
 */
#ifndef KEEPER_INLET_H
#define KEEPER_INLET_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;

#define INLET_ROOM	4096

/* Zero is an empty inlet; it owns nothing. */
struct inlet {
	uint8_t bytes[INLET_ROOM];
	size_t start, end;
	bool lean;		/* much data comes: read no more than headers */
};

/*
 * Read what FD, a pipe that does not block, has; as read(2).  *DRAINED: it has
 * no more for now.
 */
ssize_t inlet_read(struct inlet *, int fd, bool *drained);

/*
 * The next frame: 1 with *FRAME filled in.  Of one with data (STDOUT, STDERR)
 * that is the header alone; its bytes are the inlet's next (inlet_take()) and,
 * behind those, the descriptor's.  0: more bytes are wanted; -1: this is none
 * that an agent may send (EPROTO).
 */
int inlet_next(struct inlet *, struct frame *);

/* Up to MOST bytes that have been read already: how many, and where. */
size_t inlet_take(struct inlet *, size_t most, const uint8_t **bytes);

#endif
