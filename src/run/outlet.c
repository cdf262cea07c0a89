/* SPDX-License-Identifier: ISC */
#include "run/outlet.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* More than HIGH is not asked for; at LOW we ask again. */
#define HIGH	(256 * 1024)
#define LOW	(64 * 1024)

/* What a very long chunk has made the buffer grow to is given back. */
#define LARGE	(1024 * 1024)

static size_t
unwritten(const struct outlet *o)
{
	return o->pending.len - o->written;
}

/*
 * Wait for what there is to wait for.  With nothing to write, a pipe is watched
 * for its reader's going away (POLLERR comes unasked).
 */
static void
watch(struct outlet *o)
{
	bool busy = unwritten(o) > 0 || !TAILQ_EMPTY(&o->queue);

	o->out.events = busy ? POLLOUT : 0;
	if (!o->broken && (busy || (o->sink.is_pipe && o->begun)))
		loop_watch(o->loop, &o->out);
	else
		loop_unwatch(o->loop, &o->out);
}

static void
forget_bytes(struct outlet *o)
{
	buf_clear(&o->pending);
	buf_clear(&o->aside);
	o->written = 0;
}

static void
leave_queue(struct outlet *o, struct outlet_writer *w)
{
	if (w->waiting)
		TAILQ_REMOVE(&o->queue, w, queue);
	w->waiting = false;
}

static void
leave_writers(struct outlet *o, struct outlet_writer *w)
{
	if (w->joined)
		TAILQ_REMOVE(&o->writers, w, link);
	w->joined = false;
}

/* Writers are told from the top of the list: any may leave meanwhile. */
static void
break_off(struct outlet *o, int cause)
{
	struct outlet_writer *w;

	o->broken = true;
	o->cause = cause;
	o->holder = NULL;
	forget_bytes(o);
	watch(o);
	if (o->hooks.broken != NULL)
		o->hooks.broken(o->hooks.arg, cause);
	while ((w = TAILQ_FIRST(&o->writers)) != NULL) {
		leave_queue(o, w);
		leave_writers(o, w);
		w->broken(w->arg, cause);
	}
	if (o->hooks.drained != NULL)
		o->hooks.drained(o->hooks.arg);
}

/* Bytes are moved to the front only when that is less work than it saves. */
static void
advance(struct outlet *o, size_t n)
{
	o->steps++;
	o->begun = true;
	o->written += n;
	if (o->written < unwritten(o))
		return;
	buf_drop(&o->pending, o->written);
	o->written = 0;
	if (o->pending.len == 0 && o->pending.room > LARGE)
		buf_clear(&o->pending);
}

/* Write once.  -1 with errno when the outlet is broken. */
static int
flush(struct outlet *o)
{
	size_t len = unwritten(o);
	bool at_line_start;
	ssize_t n;

	if (len == 0)
		return 0;
	if (o->sink.is_terminal && o->hooks.before_write != NULL)
		o->hooks.before_write(o->hooks.arg);
	n = sink_write(&o->sink, o->pending.data + o->written, len);
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		return -1;
	if (n < (ssize_t)len)
		sink_widen(&o->sink);
	if (n <= 0)
		return 0;
	at_line_start = o->pending.data[o->written + (size_t)n - 1] == '\n';
	advance(o, (size_t)n);
	if (o->sink.is_terminal && at_line_start &&
	    o->hooks.after_write != NULL)
		o->hooks.after_write(o->hooks.arg);
	return 0;
}

/* Whose turn it is: a holder's only, if there is one. */
static struct outlet_writer *
next_writer(const struct outlet *o)
{
	if (o->holder == NULL)
		return TAILQ_FIRST(&o->queue);
	return o->holder->waiting ? o->holder : NULL;
}

static void
serve(struct outlet *o)
{
	struct outlet_writer *w;

	while (unwritten(o) < HIGH && (w = next_writer(o)) != NULL) {
		leave_queue(o, w);
		o->serving = w;
		w->ready(w->arg);
		o->serving = NULL;
	}
}

/* One that has had nothing yet may still be on its way. */
static bool
reader_left(const struct outlet *o, short revents)
{
	return o->sink.is_pipe && (revents & POLLERR) &&
	    (o->begun || unwritten(o) > 0);
}

static void
writable(void *arg, short revents)
{
	struct outlet *o = arg;

	if (reader_left(o, revents)) {
		break_off(o, EPIPE);
		return;
	}
	if (flush(o) == -1) {
		break_off(o, errno);
		return;
	}
	if (unwritten(o) <= LOW)
		serve(o);
	watch(o);
	if (outlet_drained(o) && o->hooks.drained != NULL)
		o->hooks.drained(o->hooks.arg);
}

void
outlet_open(struct outlet *o, struct loop *loop, int fd)
{
	memset(o, 0, sizeof(*o));
	TAILQ_INIT(&o->writers);
	TAILQ_INIT(&o->queue);
	o->loop = loop;
	sink_open(&o->sink, fd);
	o->out.fd = o->sink.fd;
	o->out.ready = writable;
	o->out.arg = o;
}

void
outlet_close(struct outlet *o)
{
	if (o->loop == NULL)
		return;
	loop_unwatch(o->loop, &o->out);
	sink_close(&o->sink);
	forget_bytes(o);
	o->loop = NULL;
}

bool
outlet_drained(const struct outlet *o)
{
	return o->broken || (unwritten(o) == 0 && o->aside.len == 0 &&
	    o->holder == NULL && TAILQ_EMPTY(&o->queue));
}

void
outlet_join(struct outlet *o, struct outlet_writer *w)
{
	if (w->joined || o->broken)
		return;
	w->joined = true;
	TAILQ_INSERT_TAIL(&o->writers, w, link);
}

void
outlet_leave(struct outlet *o, struct outlet_writer *w)
{
	outlet_release(o, w);
	leave_queue(o, w);
	leave_writers(o, w);
}

/* Who comes when others wait has to wait, too. */
bool
outlet_has_room(const struct outlet *o, const struct outlet_writer *w)
{
	if (o->broken)
		return true;
	if (unwritten(o) >= HIGH)
		return false;
	if (o->holder != NULL)
		return o->holder == w;
	return o->serving == w || TAILQ_EMPTY(&o->queue);
}

void
outlet_wait(struct outlet *o, struct outlet_writer *w)
{
	if (w->waiting || o->broken)
		return;
	w->waiting = true;
	TAILQ_INSERT_TAIL(&o->queue, w, queue);
	watch(o);
}

struct buf *
outlet_give(struct outlet *o, const struct outlet_writer *w)
{
	return o->holder == NULL || o->holder == w ? &o->pending : &o->aside;
}

void
outlet_given(struct outlet *o)
{
	if (o->broken)
		forget_bytes(o);
	watch(o);
}

bool
outlet_hold(struct outlet *o, struct outlet_writer *w)
{
	if (o->holder != NULL && o->holder != w)
		return false;
	o->holder = w;
	return true;
}

void
outlet_release(struct outlet *o, const struct outlet_writer *w)
{
	if (o->holder != w)
		return;
	o->holder = NULL;
	if (o->aside.len > 0)
		buf_add(&o->pending, o->aside.data, o->aside.len);
	buf_clear(&o->aside);
	watch(o);
}

static bool
writable_file(int fd, struct stat *st)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_ACCMODE) != O_RDONLY &&
	    fstat(fd, st) == 0;
}

/* A closed one that is filled in (read-only) is not the same as another. */
static bool
same_file(int a, int b)
{
	struct stat x, y;

	return writable_file(a, &x) && writable_file(b, &y) &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

void
outlets_open(struct outlets *both, struct loop *loop, int out, int err)
{
	memset(both, 0, sizeof(*both));
	both->out = both->err = &both->first;
	outlet_open(both->out, loop, out);
	if (same_file(out, err))
		return;
	both->err = &both->second;
	outlet_open(both->err, loop, err);
}

void
outlets_close(struct outlets *both)
{
	outlet_close(&both->first);
	outlet_close(&both->second);
}

bool
outlets_drained(const struct outlets *both)
{
	return outlet_drained(both->out) && outlet_drained(both->err);
}
