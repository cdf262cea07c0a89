/* SPDX-License-Identifier: ISC */
#include "keeper/exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "keeper/call.h"
#include "keeper/channel.h"
#include "wire/message.h"

#define CROWD		(256 * 1024)	/* waits for the agent: enough */
#define STEPS		64		/* before no more is read in this turn */

static struct call_bucket *
bucket(struct exchange *x, uint32_t number)
{
	return &x->bucket[number % EXCHANGE_BUCKETS];
}

static struct call *
find(struct exchange *x, uint32_t number)
{
	struct call *c;

	LIST_FOREACH(c, bucket(x, number), bucket) {
		if (c->channel.number == number)
			return c;
	}
	return NULL;
}

/* ---- from the agent ---- */

static int
hello(struct exchange *x, const struct frame *f)
{
	const uint8_t *at = f->payload;
	struct greeting greeting;

	if (f->type != MESSAGE_HELLO || f->channel != 0 || f->length != 20 ||
	    frame_get32(at) != WIRE_VERSION)
		return -1;
	x->greeted = true;
	greeting = (struct greeting){ .pid = frame_get32(at + 4),
	    .uid = frame_get32(at + 8), .in = frame_get32(at + 12),
	    .out = frame_get32(at + 16) };
	x->hooks.hello(x->hooks.arg, &greeting);
	return 0;
}

/* What is the agent's own affair, and no command's. */
static int
take_own(struct exchange *x, const struct frame *f)
{
	if (!x->greeted)
		return hello(x, f);
	if (!x->switching || f->type != MESSAGE_SHORTCUT || f->length != 0)
		return -1;
	x->switching = false;
	x->switched = true;
	return 0;
}

static int
take_frame(struct exchange *x, const struct frame *f)
{
	struct call *c;

	if (!x->greeted || f->channel == 0)
		return take_own(x, f);
	c = find(x, f->channel);
	if (c == NULL || channel_header(&c->channel, f->type, f->length) == -1)
		return -1;
	if (f->type == MESSAGE_STDOUT || f->type == MESSAGE_STDERR) {
		x->frame = *f;
		x->whose = c;
		x->left = f->length;
		if (f->length == 0)
			call_stream_end(c, f->type - MESSAGE_STDOUT + 1);
		return 0;
	}
	if (channel_payload(&c->channel, f->type, f->payload) == -1)
		return -1;
	call_told(c, f);
	return 0;
}

/* As read(2) of the agent's pipe, which is empty if that was not all. */
static ssize_t
drained(struct exchange *x, ssize_t n, size_t wanted)
{
	x->drained = n < (ssize_t)wanted;
	return n;
}

static ssize_t
dry(void)
{
	errno = EAGAIN;
	return -1;
}

/* Data of the frame under way: as read(2) of the agent's pipe. */
static ssize_t
take_data(struct exchange *x)
{
	int stream = x->frame.type - MESSAGE_STDOUT + 1;
	struct outflow *o = &x->whose->flow[stream - 1];
	const uint8_t *bytes;
	ssize_t n = (ssize_t)inlet_take(&x->in, x->left, &bytes);

	if (n > 0)
		outflow_put(o, bytes, (size_t)n);
	else if (x->drained)
		n = dry();
	else
		n = drained(x, outflow_move(o, x->from.fd, x->left), x->left);
	if (n <= 0)
		return n;
	x->left -= (uint32_t)n;
	call_credit(x->whose, stream);
	return n;
}

/* One step: 1, or 0 at the end of the pipe, or -1 with errno. */
static ssize_t
step(struct exchange *x)
{
	struct frame f;
	int rc;

	if (x->left > 0)
		return take_data(x);
	rc = inlet_next(&x->in, &f);
	if (rc == 0 && x->drained)
		return dry();
	if (rc == 0)
		return inlet_read(&x->in, x->from.fd, &x->drained);
	if (rc == 1 && take_frame(x, &f) == -1) {
		errno = EPROTO;
		rc = -1;
	}
	return rc;
}

static void
from_agent(void *arg, short revents)
{
	struct exchange *x = arg;
	ssize_t n = 1;

	(void)revents;
	x->drained = false;
	for (int i = 0; n > 0 && x->open; i++) {
		/* What has been read must not wait: no poll tells of it. */
		if (i >= STEPS)
			x->drained = true;
		n = step(x);
	}
	if (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)))
		return;
	loop_unwatch(x->loop, &x->from);
	x->ended = true;
	if (n == 0)
		x->hooks.broken(x->hooks.arg, NULL);
	else
		x->hooks.broken(x->hooks.arg, errno == EPROTO ?
		    "what came from the container breaks the protocol" :
		    strerror(errno));
}

/* ---- to the agent ---- */

static void
crowd(struct exchange *x, bool crowded)
{
	struct call *c;

	if (x->crowded == crowded)
		return;
	x->crowded = crowded;
	TAILQ_FOREACH(c, &x->calls, link) {
		call_hush(c, crowded);
	}
}

static void
write_agent(struct exchange *x)
{
	int rc;

	if (!x->open)
		return;
	rc = frame_write(&x->out, x->to.fd);
	if (rc == 0)
		loop_watch(x->loop, &x->to);
	else
		loop_unwatch(x->loop, &x->to);
	/* That nobody reads is seen where its words are at their end, too. */
	if (rc == -1) {
		frame_writer_clear(&x->out);
		x->deaf = true;
	}
	crowd(x, frame_waiting(&x->out) > CROWD);
}

static void
to_agent(void *arg, short revents)
{
	(void)revents;
	write_agent(arg);
}

void
exchange_tell(struct exchange *x, const struct channel *c, uint8_t type,
    const void *payload, size_t len)
{
	if (!x->open || x->deaf)
		return;
	if (frame_put(&x->out, c->number, type, payload, len) == -1)
		abort();
}

static void
look_for_slow(void *arg)
{
	struct exchange *x = arg;
	struct call *oldest = TAILQ_FIRST(&x->unanswered);
	int64_t age;

	if (oldest == NULL)
		return;
	age = clock_now() - oldest->since;
	if (age < EXCHANGE_SLOW_MS) {
		loop_after(x->loop, &x->slow, EXCHANGE_SLOW_MS - age);
		return;
	}
	loop_after(x->loop, &x->slow, EXCHANGE_SLOW_MS);
	x->hooks.slow(x->hooks.arg, age);
}

void
exchange_begin(struct exchange *x, struct call *c, const uint8_t *start,
    size_t len)
{
	channel_open(&c->channel, ++x->last, c->channel.flags);
	LIST_INSERT_HEAD(bucket(x, x->last), c, bucket);
	x->running++;
	x->served++;
	c->since = clock_now();
	c->waits = true;
	TAILQ_INSERT_TAIL(&x->unanswered, c, unanswered);
	if (!x->slow.active)
		loop_after(x->loop, &x->slow, EXCHANGE_SLOW_MS);
	exchange_tell(x, &c->channel, MESSAGE_START, start, len);
	x->hooks.changed(x->hooks.arg);
}

void
exchange_answered(struct exchange *x, struct call *c)
{
	if (!c->waits)
		return;
	c->waits = false;
	TAILQ_REMOVE(&x->unanswered, c, unanswered);
}

void
exchange_channel_over(struct exchange *x, struct call *c)
{
	LIST_REMOVE(c, bucket);
	x->running--;
}

/* ---- clients ---- */

void
exchange_accept(struct exchange *x, int fd)
{
	struct call *c = call_new(x, fd);

	TAILQ_INSERT_TAIL(&x->calls, c, link);
	if (x->crowded)
		call_hush(c, true);
	else
		call_look(c);
}

void
exchange_close_new(struct exchange *x, const char *why)
{
	struct call *c;

	TAILQ_FOREACH(c, &x->calls, link) {
		call_close(c, why);
	}
}

void
exchange_forget_unanswered(struct exchange *x, const char *why)
{
	struct call *c;

	while ((c = TAILQ_FIRST(&x->unanswered)) != NULL) {
		exchange_answered(x, c);
		call_withdraw(c, why);
	}
}

void
exchange_lose(struct exchange *x, const char *why)
{
	struct call *c;

	if (!x->open)
		return;
	x->open = false;
	loop_unwatch(x->loop, &x->from);
	loop_unwatch(x->loop, &x->to);
	loop_cancel(x->loop, &x->slow);
	frame_writer_clear(&x->out);
	x->left = 0;
	TAILQ_FOREACH(c, &x->calls, link) {
		exchange_answered(x, c);
		if (c->taken && !c->channel.over)
			exchange_channel_over(x, c);
		call_lose(c, why);
	}
	crowd(x, false);
}

static void
bury(struct exchange *x)
{
	struct call *c, *next;
	bool any = false;

	for (c = TAILQ_FIRST(&x->calls); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!call_is_over(c))
			continue;
		TAILQ_REMOVE(&x->calls, c, link);
		call_free(c);
		any = true;
	}
	if (any)
		x->hooks.changed(x->hooks.arg);
}

void
exchange_flush(struct exchange *x)
{
	struct call *c;
	bool any = !TAILQ_EMPTY(&x->dirty);

	while ((c = TAILQ_FIRST(&x->dirty)) != NULL)
		call_flush(c);
	if (any)
		bury(x);
	if (frame_waiting(&x->out) > 0 && !x->to.active)
		write_agent(x);
}

/* ---- its life ---- */

void
exchange_init(struct exchange *x, struct loop *loop,
    const struct exchange_hooks *hooks)
{
	memset(x, 0, sizeof(*x));
	x->loop = loop;
	x->hooks = *hooks;
	x->from = (struct loop_watch){ .fd = -1, .events = POLLIN,
	    .ready = from_agent, .arg = x };
	x->to = (struct loop_watch){ .fd = -1, .events = POLLOUT,
	    .ready = to_agent, .arg = x };
	x->slow.fire = look_for_slow;
	x->slow.arg = x;
	TAILQ_INIT(&x->calls);
	TAILQ_INIT(&x->unanswered);
	TAILQ_INIT(&x->dirty);
}

void
exchange_connect(struct exchange *x, int from, int to)
{
	x->from.fd = from;
	x->to.fd = to;
	x->open = true;
	loop_watch(x->loop, &x->from);
}

int
exchange_switch(struct exchange *x, int from, int to)
{
	if (frame_put(&x->out, 0, MESSAGE_SHORTCUT, NULL, 0) == -1)
		abort();
	/* A word that is a few bytes long and the only one goes at once. */
	write_agent(x);
	if (x->deaf || frame_waiting(&x->out) > 0)
		return -1;
	loop_unwatch(x->loop, &x->from);
	x->switching = true;
	exchange_connect(x, from, to);
	return 0;
}

void
exchange_clear(struct exchange *x)
{
	struct call *c;

	if (x->loop == NULL)
		return;
	exchange_lose(x, "the keeper has ended");
	while ((c = TAILQ_FIRST(&x->calls)) != NULL) {
		TAILQ_REMOVE(&x->calls, c, link);
		call_free(c);
	}
	frame_writer_clear(&x->out);
	memset(x, 0, sizeof(*x));
}
