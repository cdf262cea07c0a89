/* SPDX-License-Identifier: ISC */
#include "keeper/inlet.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "wire/frame.h"
#include "wire/message.h"

#define SMALL_MOST	64	/* longer is no frame of an agent's but data */
#define MUCH		(8 * 1024)

static size_t
have(const struct inlet *in)
{
	return in->end - in->start;
}

ssize_t
inlet_read(struct inlet *in, int fd, bool *drained)
{
	size_t room;
	ssize_t n;

	memmove(in->bytes, in->bytes + in->start, have(in));
	in->end = have(in);
	in->start = 0;
	room = INLET_ROOM - in->end;
	if (in->lean && in->end < FRAME_HEADER)
		room = FRAME_HEADER - in->end;
	n = read(fd, in->bytes + in->end, room);
	*drained = n < (ssize_t)room;
	if (n > 0)
		in->end += (size_t)n;
	return n;
}

static int
wrong(void)
{
	errno = EPROTO;
	return -1;
}

int
inlet_next(struct inlet *in, struct frame *f)
{
	const uint8_t *at = in->bytes + in->start;

	if (have(in) < FRAME_HEADER)
		return 0;
	f->channel = frame_get32(at);
	f->type = at[4];
	f->length = frame_get32(at + 4) & 0xffffff;
	f->payload = at + FRAME_HEADER;
	if (f->type == MESSAGE_STDOUT || f->type == MESSAGE_STDERR) {
		if (f->length > WIRE_DATA_MAX)
			return wrong();
		in->lean = f->length >= MUCH;
		in->start += FRAME_HEADER;
		return 1;
	}
	in->lean = false;
	if (f->length > SMALL_MOST || message_limit(f->type) == -1)
		return wrong();
	if (have(in) < FRAME_HEADER + f->length)
		return 0;
	in->start += FRAME_HEADER + f->length;
	return 1;
}

size_t
inlet_take(struct inlet *in, size_t most, const uint8_t **bytes)
{
	size_t n = have(in) < most ? have(in) : most;

	*bytes = in->bytes + in->start;
	in->start += n;
	return n;
}
