/* SPDX-License-Identifier: ISC */
/*
 * A client's connection: whole packets from one descriptor, replies to another,
 * with memory of a fixed size, which is there as soon as it is used.
 */
#ifndef SFTP_STREAM_H
#define SFTP_STREAM_H

#include "sftp/packet.h"

struct stream {
	int in, out;
	uint8_t *bytes;			/* that have come */
	size_t start, end;
	struct reply reply;		/* not yet written */
};

/* Take the descriptors; 0, or -1 with errno. */
int stream_open(struct stream *, int in, int out);

/*
 * The next whole packet of those that have come: 1 with its type and what is
 * behind it, in memory that is the caller's until stream_fill(); 0: it has not
 * come yet; -1: no packet is so long.
 */
int stream_next(struct stream *, struct packet *);

/* Wait for more to come: 1, 0 at the end, -1 with errno. */
int stream_fill(struct stream *);

/* The end came in the middle of a packet. */
bool stream_is_cut(const struct stream *);

/*
 * See to it that there is room for any reply; what waits is written when it is
 * much.  0, or -1 with errno.
 */
int stream_make_room(struct stream *);

/* Write all that waits; 0, or -1 with errno. */
int stream_flush(struct stream *);

void stream_close(struct stream *);

#endif
