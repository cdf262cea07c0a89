/* SPDX-License-Identifier: ISC */
#include "agent/output.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent/link.h"
#include "wire/message.h"

#define COPIED		(16 * 1024)	/* what is little is copied */
#define BULK		(60 * 1024)	/* a full pipe, as pipes are made */
#define BULK_PIPE	(256 * 1024)

void
output_open(struct output *o, int fd, bool terminal)
{
	*o = (struct output){ .fd = fd, .terminal = terminal,
	    .first = true, .credit = WIRE_WINDOW_OUT };
	if (fd != -1)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool
output_is_ready(const struct output *o)
{
	return o->fd != -1 && o->credit > 0 && !output_is_delivered(o);
}

void
output_close(struct output *o)
{
	if (o->fd != -1)
		close(o->fd);
	o->fd = -1;
}

/* How many bytes there are; a terminal does not tell before they are read. */
static size_t
available(const struct output *o)
{
	int n = 0;

	if (o->terminal || ioctl(o->fd, FIONREAD, &n) == -1)
		return 0;
	return n > 0 ? (size_t)n : 0;
}

static void
end(struct output *o, struct link *l, uint32_t channel, uint8_t type)
{
	output_close(o);
	if (!o->last)
		link_put_later(l, LINK_LONG, channel, type, NULL, 0);
}

static ssize_t
copy(const struct output *o, struct link *l, uint32_t channel, uint8_t type,
    size_t n)
{
	uint8_t bytes[COPIED];
	ssize_t got = read(o->fd, bytes, n < COPIED ? n : COPIED);

	if (got > 0 && o->first)
		link_put_later(l, LINK_SHORT, channel, type, bytes,
		    (size_t)got);
	else if (got > 0)
		link_put(l, channel, type, bytes, (size_t)got);
	return got;
}

static ssize_t
move(struct output *o, struct link *l, uint32_t channel, uint8_t type, size_t n)
{
	size_t there = available(o);
	ssize_t moved = -1;

	if (there >= BULK && !o->grown) {
		/* If it is not permitted, it goes on as it was. */
		(void)fcntl(o->fd, F_SETPIPE_SZ, BULK_PIPE);
		o->grown = true;
	}
	errno = EINVAL;
	if (there > COPIED)
		moved = link_move(l, channel, type, o->fd, n);
	if (moved == -1 && errno == EINVAL)
		moved = copy(o, l, channel, type, n);
	return moved;
}

bool
output_move(struct output *o, struct link *l, uint32_t channel, uint8_t type)
{
	size_t n = o->credit < WIRE_DATA_MAX ? o->credit : WIRE_DATA_MAX;
	ssize_t moved;

	if (!output_is_ready(o))
		return false;
	if (o->last && o->due < n)
		n = o->due;
	moved = move(o, l, channel, type, n);
	if (moved > 0) {
		o->first = false;
		o->credit -= (size_t)moved;
		o->due -= o->last ? (size_t)moved : 0;
		return true;
	}
	if (moved == -1 && errno == EINTR)
		return true;
	if (moved == -1 && errno == ENOBUFS)
		return false;
	if (moved == -1 && errno == EAGAIN) {
		/* Another reader took it, or a terminal has no more. */
		if (o->last)
			o->due = 0;
		return false;
	}
	/* EIO is how a terminal says it. */
	end(o, l, channel, type);
	return false;
}

void
output_settle(struct output *o)
{
	o->last = true;
	o->due = o->fd == -1 ? 0 : o->terminal ? SIZE_MAX : available(o);
}

bool
output_is_delivered(const struct output *o)
{
	return o->fd == -1 || (o->last && o->due == 0);
}

void
output_credit(struct output *o, uint32_t n)
{
	o->credit = n > SIZE_MAX - o->credit ? SIZE_MAX : o->credit + n;
}
