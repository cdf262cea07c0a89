/* SPDX-License-Identifier: ISC */
/*
 * The agent's connection to the keeper: frames in from one pipe, frames out to
 * another.
 *
 * What goes out is held for a moment where it can wait, so that all that is to
 * be said about a short command goes in one write: each write costs a wake-up
 * in the engine, in docker and in the keeper.
 */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "wire/frame.h"

#define LINK_LONG	1000	/* for what nobody waits for */
#define LINK_SHORT	200	/* for output, when the end may be near */

struct link {
	int in, out;
	bool broken;			/* nothing goes out any more */
	struct frame_reader reader;
	struct frame_writer writer;
	int64_t held_until;		/* of clock_us(); 0: it does not wait */

	/* A frame whose payload goes through a pipe of our own by splice. */
	int scratch[2];			/* -1: that does not work here */
	uint8_t header[FRAME_HEADER];
	size_t header_left, payload_left;
};

/* Microseconds, of a clock that only goes on. */
int64_t clock_us(void);

/* Take the descriptors, which become non-blocking; -1 with errno. */
int link_open(struct link *, int in, int out);

/*
 * Go on with these, from a moment in which nothing is under way: -1 with errno
 * when it is not one, or they cannot be had.
 */
int link_switch(struct link *, int in, int out);

/* Read once what there is: 1, 0 when there is nothing, -1 at the end. */
int link_fill(struct link *);

/*
 * Queue a frame, to go out at once or, where it is likely to be followed by
 * another, within US microseconds.  Failure is the end of the connection.
 */
void link_put(struct link *, uint32_t channel, uint8_t type,
    const void *payload, size_t length);
void link_put_later(struct link *, int us, uint32_t channel, uint8_t type,
    const void *payload, size_t length);

/* There is room for output of commands. */
bool link_has_room(const struct link *);

/*
 * Move up to N bytes from FD into a frame: how many were moved, 0 at the end
 * of FD, or -1 with errno: EAGAIN when FD has nothing, ENOBUFS when the link has
 * no room, EINVAL when that is not to be had here and read(2) has to do.
 */
ssize_t link_move(struct link *, uint32_t channel, uint8_t type, int fd,
    size_t n);

/* Something waits that shall go out now. */
bool link_is_due(const struct link *);

/* Write what there is and what the pipe takes. */
void link_flush(struct link *);

void link_clear(struct link *);

#endif
