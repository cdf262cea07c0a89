/* SPDX-License-Identifier: ISC */
/*
 * Frames: how messages travel between dexec, the keeper of a warm connection
 * and the agent inside the container.  The messages themselves are in
 * wire/message.h.
 *
 *	bytes	0-3	channel		all numbers big-endian
 *		4	type
 *		5-7	length of the payload that follows
 *
 * A type says how long its payload may be (message_limit()); a longer one, or a
 * type that is not known, is the end of the connection.  Memory grows with the
 * bytes that have come, never with a length that was only promised.
 *
 * Libc alone: the agent is made of this.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER	8

/* The payload is borrowed from the reader, until it is used again. */
struct frame {
	uint32_t channel;
	uint8_t type;
	uint32_t length;
	const uint8_t *payload;
};

/* Numbers in payloads. */
void frame_put16(uint8_t *at, uint16_t value);
void frame_put32(uint8_t *at, uint32_t value);
uint16_t frame_get16(const uint8_t *at);
uint32_t frame_get32(const uint8_t *at);

/* Fill in a header, for a payload that goes another way (splice). */
void frame_header(uint8_t header[FRAME_HEADER], uint32_t channel, uint8_t type,
    uint32_t length);

/*
 * Bytes on their way in.  Zero is an empty reader; clearing twice is harmless.
 */
struct frame_reader {
	uint8_t *data;
	size_t start, end, room;
};

/*
 * Where the next bytes shall be read to, and in *ROOM how many at the most, at
 * least 4096.  NULL with ENOMEM.
 */
uint8_t *frame_reader_space(struct frame_reader *, size_t *room);

/* N bytes have been put there. */
void frame_reader_filled(struct frame_reader *, size_t n);

/*
 * The next whole frame: 1 with *FRAME filled in; 0: more bytes are wanted; -1:
 * what came is no frame, now and for ever (errno EPROTO).
 */
int frame_next(struct frame_reader *, struct frame *);

/* Among the bytes that wait there is a header of this channel and type. */
bool frame_is_coming(const struct frame_reader *, uint32_t channel,
    uint8_t type);

void frame_reader_clear(struct frame_reader *);

/*
 * Bytes on their way out.  How many may wait is the users' affair: credits
 * bound it.  Zero is an empty writer; clearing twice is harmless.
 */
struct frame_writer {
	uint8_t *data;
	size_t start, end, room;
};

/* Add a frame; -1 with ENOMEM or, when it is too long, EMSGSIZE. */
int frame_put(struct frame_writer *, uint32_t channel, uint8_t type,
    const void *payload, size_t length);

/* Bytes that wait. */
size_t frame_waiting(const struct frame_writer *);

/*
 * Write what FD, non-blocking, takes: 1 when nothing is left, 0 when it takes
 * no more for now, -1 with errno (EPIPE; the caller ignores SIGPIPE).
 */
int frame_write(struct frame_writer *, int fd);

void frame_writer_clear(struct frame_writer *);

#endif
