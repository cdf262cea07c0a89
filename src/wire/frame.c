/* SPDX-License-Identifier: ISC */
#include "wire/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/message.h"

#define SPACE_MIN	4096
#define SPACE		(64 * 1024)
#define KEEP		(256 * 1024)	/* more is given back when empty */

void
frame_put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void
frame_put32(uint8_t *at, uint32_t value)
{
	frame_put16(at, (uint16_t)(value >> 16));
	frame_put16(at + 2, (uint16_t)value);
}

uint16_t
frame_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t
frame_get32(const uint8_t *at)
{
	return (uint32_t)frame_get16(at) << 16 | frame_get16(at + 2);
}

void
frame_header(uint8_t header[FRAME_HEADER], uint32_t channel, uint8_t type,
    uint32_t length)
{
	frame_put32(header, channel);
	frame_put32(header + 4, length);
	header[4] = type;
}

/* Make room for MORE bytes behind *END; 0, or -1 with ENOMEM. */
static int
grow(uint8_t **data, size_t *start, size_t *end, size_t *room, size_t more)
{
	size_t used = *end - *start, wanted = *room;
	uint8_t *grown;

	if (*start > 0) {
		memmove(*data, *data + *start, used);
		*start = 0;
		*end = used;
	}
	if (*room - used >= more)
		return 0;
	while (wanted - used < more)
		wanted = wanted == 0 ? SPACE : wanted * 2;
	grown = realloc(*data, wanted);
	if (grown == NULL)
		return -1;
	*data = grown;
	*room = wanted;
	return 0;
}

/* Empty: begin at the front, and keep little of what a large frame took. */
static void
rest(uint8_t **data, size_t *start, size_t *end, size_t *room)
{
	*start = *end = 0;
	if (*room <= KEEP)
		return;
	free(*data);
	*data = NULL;
	*room = 0;
}

uint8_t *
frame_reader_space(struct frame_reader *r, size_t *room)
{
	if (r->room - r->end < SPACE_MIN &&
	    grow(&r->data, &r->start, &r->end, &r->room, SPACE_MIN) == -1)
		return NULL;
	*room = r->room - r->end;
	return r->data + r->end;
}

void
frame_reader_filled(struct frame_reader *r, size_t n)
{
	r->end += n;
}

int
frame_next(struct frame_reader *r, struct frame *f)
{
	const uint8_t *at = r->data + r->start;
	size_t have = r->end - r->start;

	if (have == 0) {
		rest(&r->data, &r->start, &r->end, &r->room);
		return 0;
	}
	if (have < FRAME_HEADER)
		return 0;
	f->channel = frame_get32(at);
	f->type = at[4];
	f->length = frame_get32(at + 4) & 0xffffff;
	if ((int32_t)f->length > message_limit(f->type)) {
		errno = EPROTO;
		return -1;
	}
	if (have - FRAME_HEADER < f->length)
		return 0;
	f->payload = at + FRAME_HEADER;
	r->start += FRAME_HEADER + f->length;
	return 1;
}

bool
frame_is_coming(const struct frame_reader *r, uint32_t channel, uint8_t type)
{
	const uint8_t *at = r->data + r->start;
	size_t left = r->end - r->start, length;

	while (left >= FRAME_HEADER) {
		if (frame_get32(at) == channel && at[4] == type)
			return true;
		length = FRAME_HEADER + (frame_get32(at + 4) & 0xffffff);
		if (length > left)
			return false;
		at += length;
		left -= length;
	}
	return false;
}

void
frame_reader_clear(struct frame_reader *r)
{
	free(r->data);
	memset(r, 0, sizeof(*r));
}

int
frame_put(struct frame_writer *w, uint32_t channel, uint8_t type,
    const void *payload, size_t length)
{
	size_t all = FRAME_HEADER + length;

	if (length > WIRE_START_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (w->room - w->end < all &&
	    grow(&w->data, &w->start, &w->end, &w->room, all) == -1)
		return -1;
	frame_header(w->data + w->end, channel, type, (uint32_t)length);
	if (length > 0)
		memcpy(w->data + w->end + FRAME_HEADER, payload, length);
	w->end += all;
	return 0;
}

size_t
frame_waiting(const struct frame_writer *w)
{
	return w->end - w->start;
}

int
frame_write(struct frame_writer *w, int fd)
{
	ssize_t n;

	while (w->start < w->end) {
		n = write(fd, w->data + w->start, w->end - w->start);
		if (n >= 0)
			w->start += (size_t)n;
		else if (errno == EAGAIN)
			return 0;
		else if (errno != EINTR)
			return -1;
	}
	rest(&w->data, &w->start, &w->end, &w->room);
	return 1;
}

void
frame_writer_clear(struct frame_writer *w)
{
	free(w->data);
	memset(w, 0, sizeof(*w));
}
