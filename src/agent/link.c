/* SPDX-License-Identifier: ISC */
#include "agent/link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PIPE_SIZE	(1024 * 1024)	/* of the connection, if permitted */
#define ROOM		(32 * 1024)	/* so much may wait before output */

int64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int
make_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static int
use(struct link *l, int in, int out)
{
	l->in = in;
	l->out = out;
	/* The engine's copying is cheaper in large pieces. */
	(void)fcntl(in, F_SETPIPE_SZ, PIPE_SIZE);
	(void)fcntl(out, F_SETPIPE_SZ, PIPE_SIZE);
	if (make_nonblocking(in) == -1 || make_nonblocking(out) == -1)
		return -1;
	return 0;
}

int
link_open(struct link *l, int in, int out)
{
	memset(l, 0, sizeof(*l));
	if (pipe2(l->scratch, O_CLOEXEC | O_NONBLOCK) == -1)
		l->scratch[0] = l->scratch[1] = -1;
	return use(l, in, out);
}

int
link_switch(struct link *l, int in, int out)
{
	if (l->broken || frame_waiting(&l->writer) > 0 ||
	    l->header_left + l->payload_left > 0) {
		errno = EPROTO;
		return -1;
	}
	return use(l, in, out);
}

int
link_fill(struct link *l)
{
	size_t room;
	uint8_t *at = frame_reader_space(&l->reader, &room);
	ssize_t n;

	if (at == NULL)
		return -1;
	n = read(l->in, at, room);
	if (n > 0) {
		frame_reader_filled(&l->reader, (size_t)n);
		return 1;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return -1;
}

static void
queue(struct link *l, uint32_t channel, uint8_t type, const void *payload,
    size_t length)
{
	if (!l->broken &&
	    frame_put(&l->writer, channel, type, payload, length) == -1)
		l->broken = true;
}

void
link_put(struct link *l, uint32_t channel, uint8_t type, const void *payload,
    size_t length)
{
	queue(l, channel, type, payload, length);
	l->held_until = 0;
}

void
link_put_later(struct link *l, int us, uint32_t channel, uint8_t type,
    const void *payload, size_t length)
{
	int64_t until = clock_us() + us;

	if (frame_waiting(&l->writer) == 0 || l->held_until > until)
		l->held_until = until;
	queue(l, channel, type, payload, length);
}

bool
link_has_room(const struct link *l)
{
	return l->payload_left == 0 && frame_waiting(&l->writer) < ROOM;
}

bool
link_is_due(const struct link *l)
{
	if (l->header_left + l->payload_left > 0)
		return true;
	return frame_waiting(&l->writer) > 0 &&
	    (l->held_until == 0 || clock_us() >= l->held_until);
}

/* What a write of ours came to: false: not now, or never again. */
static bool
goes_on(struct link *l, ssize_t n)
{
	if (n >= 0 || errno == EINTR)
		return true;
	if (errno != EAGAIN)
		l->broken = true;
	return false;
}

static void
flush_spliced(struct link *l)
{
	ssize_t n;

	while (l->header_left > 0) {
		n = write(l->out, l->header + FRAME_HEADER - l->header_left,
		    l->header_left);
		if (!goes_on(l, n))
			return;
		l->header_left -= n > 0 ? (size_t)n : 0;
	}
	while (l->payload_left > 0) {
		n = splice(l->scratch[0], NULL, l->out, NULL, l->payload_left,
		    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
		if (!goes_on(l, n))
			return;
		l->payload_left -= n > 0 ? (size_t)n : 0;
	}
}

void
link_flush(struct link *l)
{
	flush_spliced(l);
	if (l->broken || l->header_left + l->payload_left > 0)
		return;
	l->held_until = 0;
	if (frame_write(&l->writer, l->out) == -1)
		l->broken = true;
}

static void
give_up_splicing(struct link *l)
{
	close(l->scratch[0]);
	close(l->scratch[1]);
	l->scratch[0] = l->scratch[1] = -1;
}

ssize_t
link_move(struct link *l, uint32_t channel, uint8_t type, int fd, size_t n)
{
	ssize_t moved;

	if (l->scratch[1] == -1) {
		errno = EINVAL;
		return -1;
	}
	link_flush(l);
	if (l->broken || l->header_left + l->payload_left > 0 ||
	    frame_waiting(&l->writer) > 0) {
		errno = ENOBUFS;
		return -1;
	}
	/*
	 * By way of a pipe that nobody else can read: what is promised in the
	 * header must be there.
	 */
	moved = splice(fd, NULL, l->scratch[1], NULL, n,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (moved <= 0)
		return moved;
	frame_header(l->header, channel, type, (uint32_t)moved);
	l->header_left = FRAME_HEADER;
	l->payload_left = (size_t)moved;
	link_flush(l);
	return moved;
}

void
link_clear(struct link *l)
{
	frame_reader_clear(&l->reader);
	frame_writer_clear(&l->writer);
	if (l->scratch[0] != -1)
		give_up_splicing(l);
}
