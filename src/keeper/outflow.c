/* SPDX-License-Identifier: ISC */
#include "keeper/outflow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define LARGE		(16 * 1024)	/* as much at once is a bulk of bytes */
#define PIPE_ROOM	(1024 * 1024)
#define CHUNK		(64 * 1024)

static size_t
waiting(const struct outflow *o)
{
	return o->waiting.len - o->start;
}

static void
use(struct outflow *o, size_t n)
{
	o->used += (uint32_t)n;
}

static void
shut(struct outflow *o)
{
	loop_unwatch(o->loop, &o->watch);
	file_close(&o->fd);
	buf_clear(&o->waiting);
	o->start = 0;
}

/*
 * As much as the pipe takes: how much.  Where nobody reads any more that is all
 * of it, and the pipe is closed.  The bytes are all that waits, or none does.
 */
static size_t
push(struct outflow *o, const char *bytes, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n && o->fd != -1) {
		got = write(o->fd, bytes + done, n - done);
		if (got >= 0)
			done += (size_t)got;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			shut(o);
	}
	if (o->fd == -1)
		done = n;
	use(o, done);
	return done;
}

static void
write_waiting(void *arg, short revents)
{
	struct outflow *o = arg;
	size_t done = push(o, o->waiting.data + o->start, waiting(o));

	(void)revents;
	if (o->fd != -1)
		o->start += done;
	if (o->fd != -1 && waiting(o) == 0) {
		loop_unwatch(o->loop, &o->watch);
		buf_clear(&o->waiting);
		o->start = 0;
		if (o->ended)
			shut(o);
	}
	o->moved(o->arg);
}

void
outflow_open(struct outflow *o, struct loop *loop, int fd,
    void (*moved)(void *arg), void *arg)
{
	memset(o, 0, sizeof(*o));
	o->loop = loop;
	o->fd = fd;
	o->moved = moved;
	o->arg = arg;
	o->watch = (struct loop_watch){ .fd = fd, .events = POLLOUT,
	    .ready = write_waiting, .arg = o };
}

static void
keep(struct outflow *o, const void *bytes, size_t n)
{
	buf_drop(&o->waiting, o->start);
	o->start = 0;
	buf_add(&o->waiting, bytes, n);
	loop_watch(o->loop, &o->watch);
}

void
outflow_put(struct outflow *o, const void *bytes, size_t n)
{
	size_t done = 0;

	if (o->fd == -1) {
		use(o, n);
		return;
	}
	if (waiting(o) == 0)
		done = push(o, bytes, n);
	if (done < n)
		keep(o, (const char *)bytes + done, n - done);
}

/* Without copying; -1 where that does not go. */
static ssize_t
splice_bytes(struct outflow *o, int from, size_t n)
{
	if (o->fd == -1 || waiting(o) > 0)
		return -1;
	if (!o->large && n >= LARGE) {
		/* Where it is not permitted, it is slower. */
		o->large = true;
		fcntl(o->fd, F_SETPIPE_SZ, PIPE_ROOM);
	}
	return splice(from, NULL, o->fd, NULL, n,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

/*
 * EAGAIN does not say which of the two pipes it is about; reading does.  The
 * bytes must come out in any case: behind them are those of others.
 */
ssize_t
outflow_move(struct outflow *o, int from, size_t n)
{
	ssize_t got = splice_bytes(o, from, n);
	char chunk[CHUNK];

	if (got >= 0) {
		use(o, (size_t)got);
		return got;
	}
	got = read(from, chunk, n < CHUNK ? n : CHUNK);
	if (got > 0)
		outflow_put(o, chunk, (size_t)got);
	return got;
}

void
outflow_end(struct outflow *o)
{
	o->ended = true;
	if (waiting(o) == 0)
		shut(o);
}

bool
outflow_closed(const struct outflow *o)
{
	return o->fd == -1;
}

void
outflow_clear(struct outflow *o)
{
	if (o->loop != NULL)
		shut(o);
	memset(o, 0, sizeof(*o));
	o->fd = -1;
}
