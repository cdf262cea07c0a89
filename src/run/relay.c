/* SPDX-License-Identifier: ISC */
#include "run/relay.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "run/lane.h"
#include "run/spool.h"

#define CHUNK	(64 * 1024)
#define MOST	(1024 * 1024)	/* bytes that one splice may move */
#define BULK	(4 * 1024 * 1024)

enum step { MOVED, DRY, FULL, END, BROKEN };

static bool
is_kept(const struct relay *r)
{
	return r->spool != NULL || r->lane != NULL;
}

static void
count(struct relay *r, ssize_t n)
{
	bool was_bulk = r->bytes >= BULK;

	r->bytes += (uint64_t)n;
	pace_count(&r->pace, (size_t)n);
	if (!was_bulk && r->bytes >= BULK && r->hooks.bulk != NULL)
		r->hooks.bulk(r->hooks.arg);
}

static enum step
from_errno(void)
{
	return errno == EAGAIN || errno == EINTR ? FULL : BROKEN;
}

static enum step
flush(struct relay *r)
{
	ssize_t n;

	if (r->pending.len == 0)
		return MOVED;
	if (r->sink.is_terminal && r->hooks.before_write != NULL)
		r->hooks.before_write(r->hooks.arg);
	n = sink_write(&r->sink, r->pending.data, r->pending.len);
	if (n == -1)
		return from_errno();
	if (n > 0 && r->sink.is_terminal)
		r->at_line_start = r->pending.data[n - 1] == '\n';
	r->steps++;
	buf_drop(&r->pending, (size_t)n);
	if (r->sink.is_terminal && r->hooks.after_write != NULL)
		r->hooks.after_write(r->hooks.arg);
	return r->pending.len > 0 ? FULL : MOVED;
}

/* Read a chunk to the end of B. */
static enum step
fill(struct relay *r, struct buf *b)
{
	ssize_t n = read(r->in.fd, buf_reserve(b, CHUNK), CHUNK);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? DRY : END;
	if (n == 0)
		return END;
	b->len += (size_t)n;
	b->data[b->len] = '\0';
	count(r, n);
	return MOVED;
}

static enum step
move_by_copy(struct relay *r)
{
	enum step step = fill(r, &r->pending);

	return step == MOVED ? flush(r) : step;
}

static bool
has_bytes(const struct relay *r)
{
	int available = 0;

	return ioctl(r->in.fd, FIONREAD, &available) == 0 && available > 0;
}

static enum step
move_by_splice(struct relay *r)
{
	ssize_t n = sink_splice(&r->sink, r->in.fd, MOST);

	if (n > 0) {
		count(r, n);
		return MOVED;
	}
	if (n == 0)
		return END;
	/* It does not say which side it was. */
	if (errno == EAGAIN || errno == EINTR)
		return has_bytes(r) ? FULL : DRY;
	return errno == EINVAL ? move_by_copy(r) : BROKEN;
}

/* To a spool or a lane. */
static enum step
move_to_keeper(struct relay *r)
{
	ssize_t n;

	if (r->lane != NULL && !lane_has_room(r->lane))
		return FULL;
	if (r->lane != NULL)
		n = lane_take(r->lane, r->in.fd);
	else
		n = spool_take(r->spool, r->stream, r->in.fd);
	if (n > 0) {
		count(r, n);
		return MOVED;
	}
	if (n == 0)
		return END;
	return errno == EAGAIN || errno == EINTR ? DRY : BROKEN;
}

static enum step
move_to_nowhere(struct relay *r)
{
	char chunk[4096];
	ssize_t n = read(r->in.fd, chunk, sizeof(chunk));

	if (n > 0)
		return MOVED;
	return n == -1 && (errno == EAGAIN || errno == EINTR) ? DRY : END;
}

static int
keep_held(struct relay *r)
{
	if (r->lane != NULL)
		return lane_add(r->lane, r->held.data, r->held.len);
	return spool_add(r->spool, r->stream, r->held.data, r->held.len);
}

/* What was held goes the way of all other bytes. */
static enum step
stop_holding(struct relay *r)
{
	r->holding = false;
	loop_cancel(r->loop, &r->patience);
	if (r->held.len == 0)
		return MOVED;
	r->delivered = true;
	if (!is_kept(r))
		buf_add(&r->pending, r->held.data, r->held.len);
	else if (keep_held(r) == -1)
		return BROKEN;
	buf_clear(&r->held);
	return flush(r);
}

static enum step
move_held(struct relay *r)
{
	enum step step = fill(r, &r->held);
	int patience;

	if (step != MOVED)
		return step;
	patience = r->hooks.hold(r->held.data, r->held.len);
	if (patience == 0)
		return stop_holding(r);
	if (!r->patience.active)
		loop_after(r->loop, &r->patience, patience);
	return MOVED;
}

static enum step
move(struct relay *r)
{
	enum step step;

	if (r->dropping)
		return move_to_nowhere(r);
	step = flush(r);
	if (step != MOVED)
		return step;
	if (r->holding)
		return move_held(r);
	if (is_kept(r))
		return move_to_keeper(r);
	if (r->sink.splices)
		return move_by_splice(r);
	return move_by_copy(r);
}

/*
 * Wait for room, or for bytes.  While we wait for bytes, the destination is
 * watched for its reader's going away (POLLERR comes unasked).
 */
static void
wait_for(struct relay *r, bool room)
{
	bool reader_matters = r->sink.is_pipe && r->delivered && !r->dropping;

	if (room)
		loop_unwatch(r->loop, &r->in);
	else
		loop_watch(r->loop, &r->in);
	r->out.events = room ? POLLOUT : 0;
	if (r->lane != NULL && room)
		lane_wait(r->lane);
	else if (room || reader_matters)
		loop_watch(r->loop, &r->out);
	else
		loop_unwatch(r->loop, &r->out);
}

/* In full flow: wait for room if there is more, else let the pipe fill. */
static void
take_rest(struct relay *r, int64_t until)
{
	if (r->lane != NULL && has_bytes(r))
		return;
	if (!is_kept(r) && has_bytes(r)) {
		sink_widen(&r->sink);
		wait_for(r, true);
		return;
	}
	loop_unwatch(r->loop, &r->in);
	loop_at(r->loop, &r->rest, until);
}

static void
rested(void *arg)
{
	struct relay *r = arg;

	if (!r->ended && !r->out.events)
		loop_watch(r->loop, &r->in);
}

static void
end(struct relay *r)
{
	loop_unwatch(r->loop, &r->in);
	loop_unwatch(r->loop, &r->out);
	loop_cancel(r->loop, &r->patience);
	loop_cancel(r->loop, &r->rest);
	file_close(&r->in.fd);
	r->ended = true;
	if (r->hooks.ended != NULL)
		r->hooks.ended(r->hooks.arg);
}

/* There is no more to come. */
static enum step
finish(struct relay *r)
{
	int given = 1;

	if (r->lane != NULL && !r->dropping)
		given = lane_end(r->lane);
	if (given == -1)
		return BROKEN;
	if (given == 0)
		return FULL;
	end(r);
	return END;
}

static void
drop_rest(struct relay *r)
{
	r->dropping = r->delivered = true;
	r->holding = false;
	loop_cancel(r->loop, &r->patience);
	buf_clear(&r->pending);
	buf_clear(&r->held);
	if (r->lane != NULL)
		lane_clear(r->lane);
	wait_for(r, false);
}

static void
break_off(struct relay *r, int cause)
{
	drop_rest(r);
	if (r->hooks.broken != NULL)
		r->hooks.broken(r->hooks.arg, r, cause);
}

/* One step; true when there may be more to do at once. */
static bool
pump(struct relay *r)
{
	enum step step = move(r);
	int64_t rest;

	if (step == END || (step == DRY && r->drain))
		step = finish(r);
	switch (step) {
	case MOVED:
		r->delivered |= !r->holding;
		r->steps++;
		wait_for(r, false);
		if (!r->drain && (rest = pace_rest(&r->pace)) != 0)
			take_rest(r, rest);
		return r->drain;
	case DRY:
		wait_for(r, false);
		return false;
	case FULL:
		wait_for(r, true);
		return false;
	case END:
		return false;
	case BROKEN:
		break_off(r, errno);
		return r->drain;
	}
	return false;
}

static void
ready(void *arg, short revents)
{
	struct relay *r = arg;

	(void)revents;
	while (!r->ended && pump(r))
		continue;
}

/*
 * A reader that has had something and is gone wants no more: `tail -f | grep
 * -q` ends here, where waiting for the next line might take for ever.
 */
static void
out_ready(void *arg, short revents)
{
	struct relay *r = arg;

	if (revents & POLLERR)
		break_off(r, EPIPE);
	else
		ready(r, revents);
}

static void
lane_ready(void *arg)
{
	ready(arg, 0);
}

/* What is held is judged first, whatever becomes of it. */
static void
lane_broken(void *arg, int cause)
{
	struct relay *r = arg;

	if (r->ended || r->held.len > 0)
		return;
	break_off(r, cause);
	if (r->drain)
		ready(r, 0);
}

static void
patience_over(void *arg)
{
	struct relay *r = arg;

	if (stop_holding(r) == BROKEN)
		break_off(r, errno);
	else
		wait_for(r, r->pending.len > 0);
}

static void
start(struct relay *r, struct loop *loop, int in)
{
	r->loop = loop;
	r->at_line_start = true;
	r->holding = r->hooks.hold != NULL;
	r->in = (struct loop_watch){ .fd = in, .events = POLLIN,
	    .ready = ready, .arg = r };
	r->out.ready = out_ready;
	r->out.arg = r;
	r->patience.fire = patience_over;
	r->patience.arg = r;
	r->rest.fire = rested;
	r->rest.arg = r;
	pace_open(&r->pace, in, r->lane != NULL);
	loop_watch(loop, &r->in);
}

void
relay_start(struct relay *r, struct loop *loop, int in, int out)
{
	start(r, loop, in);
	sink_open(&r->sink, out);
	r->out.fd = r->sink.fd;
}

void
relay_start_spool(struct relay *r, struct loop *loop, int in,
    struct spool *spool)
{
	start(r, loop, in);
	r->out.fd = r->sink.fd = -1;
	r->spool = spool;
}

void
relay_start_lane(struct relay *r, struct loop *loop, int in, struct lane *lane)
{
	r->lane = lane;
	start(r, loop, in);
	r->out.fd = r->sink.fd = -1;
	lane->ready = lane_ready;
	lane->broken = lane_broken;
	lane->arg = r;
}

unsigned long
relay_progress(const struct relay *r)
{
	if (r->lane == NULL || r->lane->outlet == NULL)
		return r->steps;
	return r->steps + r->lane->outlet->steps;
}

void
relay_drain(struct relay *r)
{
	if (r->loop == NULL || r->ended)
		return;
	r->drain = true;
	ready(r, 0);
}

void
relay_abandon(struct relay *r)
{
	if (r->loop == NULL || r->ended)
		return;
	drop_rest(r);
	ready(r, 0);
}

/*
 * The stream has ended, so this is the one place that may wait for room: what
 * was held back is a few lines.
 */
void
relay_release(struct relay *r)
{
	int rc = 0;

	if (r->held.len == 0)
		return;
	if (is_kept(r))
		rc = keep_held(r);
	else
		rc = file_write(r->sink.fd, r->held.data, r->held.len);
	if (rc == 0 && r->lane != NULL)
		rc = lane_end(r->lane);
	if (rc == -1 && r->hooks.broken != NULL)
		r->hooks.broken(r->hooks.arg, r, errno);
	buf_clear(&r->held);
}

void
relay_clear(struct relay *r)
{
	if (r->loop == NULL)
		return;
	loop_unwatch(r->loop, &r->in);
	loop_unwatch(r->loop, &r->out);
	loop_cancel(r->loop, &r->patience);
	loop_cancel(r->loop, &r->rest);
	file_close(&r->in.fd);
	sink_close(&r->sink);
	if (r->lane != NULL)
		lane_clear(r->lane);
	buf_clear(&r->pending);
	buf_clear(&r->held);
	r->loop = NULL;
}
