/* SPDX-License-Identifier: ISC */
#include "sftp/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM	(PACKET_LENGTH + PACKET_MOST)
#define HELD	4096		/* so many bytes of replies go in one write */

int
stream_open(struct stream *s, int in, int out)
{
	*s = (struct stream){ .in = in, .out = out };
	s->bytes = malloc(ROOM);
	s->reply.room = HELD + ROOM;
	s->reply.data = malloc(s->reply.room);
	if (s->bytes != NULL && s->reply.data != NULL)
		return 0;
	stream_close(s);
	errno = ENOMEM;
	return -1;
}

int
stream_next(struct stream *s, struct packet *p)
{
	struct packet head = { .at = s->bytes + s->start,
	    .left = s->end - s->start };
	uint32_t length = packet_get32(&head);

	if (head.bad)
		return 0;
	if (length > PACKET_MOST)
		return -1;
	if (head.left < length)
		return 0;
	*p = (struct packet){ .at = head.at, .left = length };
	s->start += PACKET_LENGTH + length;
	return 1;
}

/* The descriptor may be of a kind that does not wait by itself. */
static int
wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, -1) == -1 && errno != EINTR ? -1 : 0;
}

int
stream_fill(struct stream *s)
{
	ssize_t n;

	memmove(s->bytes, s->bytes + s->start, s->end - s->start);
	s->end -= s->start;
	s->start = 0;
	while ((n = read(s->in, s->bytes + s->end, ROOM - s->end)) == -1) {
		if (errno == EAGAIN && wait_for(s->in, POLLIN) == 0)
			continue;
		if (errno != EINTR)
			return -1;
	}
	s->end += (size_t)n;
	return n > 0;
}

bool
stream_is_cut(const struct stream *s)
{
	return s->end > s->start;
}

int
stream_make_room(struct stream *s)
{
	return s->reply.used < HELD ? 0 : stream_flush(s);
}

int
stream_flush(struct stream *s)
{
	size_t done = 0;
	ssize_t n;

	while (done < s->reply.used) {
		n = write(s->out, s->reply.data + done, s->reply.used - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN && wait_for(s->out, POLLOUT) == 0)
			continue;
		else if (errno != EINTR)
			return -1;
	}
	s->reply.used = 0;
	return 0;
}

void
stream_close(struct stream *s)
{
	free(s->bytes);
	free(s->reply.data);
	s->bytes = s->reply.data = NULL;
}
