/* SPDX-License-Identifier: ISC */
#include "run/feed.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "run/tty.h"

#define CHUNK	(64 * 1024)
#define TURN_MS	200

static void
wait_for_turn(struct feed *f)
{
	loop_unwatch(f->loop, &f->in);
	loop_after(f->loop, &f->turn, TURN_MS);
}

static void
look_for_turn(void *arg)
{
	struct feed *f = arg;

	if (tty_foreground(f->in.fd) || !isatty(f->in.fd))
		loop_watch(f->loop, &f->in);
	else
		loop_after(f->loop, &f->turn, TURN_MS);
}

static void
flush(void *arg, short revents)
{
	struct feed *f = arg;
	ssize_t n;

	(void)revents;
	n = write(f->out.fd, f->pending.data, f->pending.len);
	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		feed_clear(f);
		return;
	}
	if (n > 0)
		buf_drop(&f->pending, (size_t)n);
	if (f->pending.len > 0) {
		loop_unwatch(f->loop, &f->in);
		loop_watch(f->loop, &f->out);
		return;
	}
	loop_unwatch(f->loop, &f->out);
	look_for_turn(f);
}

static void
readable(void *arg, short revents)
{
	struct feed *f = arg;
	ssize_t n;

	(void)revents;
	if (isatty(f->in.fd) && !tty_foreground(f->in.fd)) {
		wait_for_turn(f);
		return;
	}
	n = read(f->in.fd, buf_reserve(&f->pending, CHUNK), CHUNK);
	if (n > 0) {
		f->pending.len += (size_t)n;
		flush(f, 0);
	} else if (n == -1 && errno == EIO && isatty(f->in.fd))
		/* SIGTTIN, had we not ignored it: the turn has just changed. */
		wait_for_turn(f);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		feed_clear(f);
}

void
feed_start(struct feed *f, struct loop *loop, int in, int out)
{
	memset(f, 0, sizeof(*f));
	f->loop = loop;
	f->in = (struct loop_watch){ .fd = in, .events = POLLIN,
	    .ready = readable, .arg = f };
	f->out = (struct loop_watch){ .fd = out, .events = POLLOUT,
	    .ready = flush, .arg = f };
	f->turn.fire = look_for_turn;
	f->turn.arg = f;
	signal(SIGTTIN, SIG_IGN);
	look_for_turn(f);
}

void
feed_clear(struct feed *f)
{
	if (f->loop == NULL)
		return;
	loop_unwatch(f->loop, &f->in);
	loop_unwatch(f->loop, &f->out);
	loop_cancel(f->loop, &f->turn);
	file_close(&f->out.fd);
	buf_clear(&f->pending);
	f->loop = NULL;
}
