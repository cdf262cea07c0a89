/* SPDX-License-Identifier: ISC */
#include "keeper/call.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "keeper/client.h"
#include "keeper/exchange.h"
#include "wire/message.h"
#include "wire/start.h"

#define TELL_MOST	(64 * 1024)	/* a client that does not listen */
#define CREDIT_AT	(WIRE_WINDOW_OUT / 2)

static void
touch(struct call *c)
{
	if (c->dirty)
		return;
	c->dirty = true;
	TAILQ_INSERT_TAIL(&c->exchange->dirty, c, touched);
}

static bool
connected(const struct call *c)
{
	return c->client.fd != -1;
}

/* The agent expects to hear of it, and we from the agent. */
bool
call_live(const struct call *c)
{
	return c->taken && !c->channel.over && !c->channel.forgotten &&
	    !c->detached;
}

/* ---- the client's stdin ---- */

static void
close_input(struct call *c)
{
	loop_unwatch(c->exchange->loop, &c->input);
	file_close(&c->input.fd);
}

static void
watch_input(struct call *c)
{
	if (c->input.fd != -1 && call_live(c) && c->channel.may_get > 0 &&
	    !c->hushed)
		loop_watch(c->exchange->loop, &c->input);
	else
		loop_unwatch(c->exchange->loop, &c->input);
}

static void
read_input(void *arg, short revents)
{
	struct call *c = arg;
	char chunk[WIRE_DATA_MAX];
	size_t room = sizeof(chunk);
	ssize_t n;

	(void)revents;
	if (room > c->channel.may_get)
		room = c->channel.may_get;
	n = read(c->input.fd, chunk, room);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		c->channel.may_get -= (uint32_t)n;
		exchange_tell(c->exchange, &c->channel, MESSAGE_STDIN, chunk,
		    (size_t)n);
	} else {
		exchange_tell(c->exchange, &c->channel, MESSAGE_STDIN, NULL, 0);
		close_input(c);
	}
	watch_input(c);
}

/* ---- its stdout and stderr ---- */

void
call_credit(struct call *c, int stream)
{
	struct outflow *o = &c->flow[stream - 1];
	uint8_t credit[5] = { (uint8_t)stream };

	if (o->used < CREDIT_AT || !call_live(c) || c->channel.ended[stream - 1])
		return;
	frame_put32(credit + 1, o->used);
	channel_grant(&c->channel, stream, o->used);
	o->used = 0;
	exchange_tell(c->exchange, &c->channel, MESSAGE_CREDIT, credit,
	    sizeof(credit));
}

static void
flow_moved(void *arg)
{
	struct call *c = arg;

	call_credit(c, 1);
	call_credit(c, 2);
	touch(c);
}

void
call_stream_end(struct call *c, int stream)
{
	outflow_end(&c->flow[stream - 1]);
	touch(c);
}

/* They come in this order, those that there are. */
void
call_open(struct call *c, uint32_t flags)
{
	struct loop *loop = c->exchange->loop;
	size_t i = 0;

	if ((flags & START_STDIN) != 0 && (flags & START_DETACH) == 0)
		c->input.fd = c->fds[i++];
	outflow_open(&c->flow[0], loop, i < c->n_fds ? c->fds[i++] : -1,
	    flow_moved, c);
	outflow_open(&c->flow[1], loop, i < c->n_fds ? c->fds[i++] : -1,
	    flow_moved, c);
	c->n_fds = 0;
	watch_input(c);
}

/* ---- how it goes on ---- */

/* TYPE is the last thing to be said to the client, behind all output. */
static void
conclude(struct call *c, uint8_t type, const void *payload, size_t len)
{
	close_input(c);
	c->last_type = type;
	c->last_len = len < sizeof(c->last) ? len : sizeof(c->last);
	memcpy(c->last, payload, c->last_len);
	for (int i = 0; i < 2; i++)
		if (c->taken)
			outflow_end(&c->flow[i]);
	touch(c);
}

/* Nobody cares any more how the command ends, and the agent shall end it. */
static void
forget(struct call *c)
{
	if (!call_live(c))
		return;
	exchange_answered(c->exchange, c);
	exchange_tell(c->exchange, &c->channel, MESSAGE_FORGET, NULL, 0);
	c->channel.forgotten = true;
	close_input(c);
}

/* The client has gone, or did what it may not. */
void
call_gone(struct call *c)
{
	loop_unwatch(c->exchange->loop, &c->client);
	if (connected(c))
		c->exchange->clients--;
	file_close(&c->client.fd);
	close_input(c);
	for (int i = 0; i < 2; i++)
		if (c->taken)
			outflow_clear(&c->flow[i]);
	forget(c);
	touch(c);
}

void
call_withdraw(struct call *c, const char *why)
{
	if (!call_live(c))
		return;
	forget(c);
	conclude(c, MESSAGE_LOST, why, strlen(why));
}

void
call_say(struct call *c, uint8_t type, const void *payload, size_t len)
{
	if (frame_put(&c->out, 0, type, payload, len) == -1 ||
	    frame_waiting(&c->out) > TELL_MOST)
		call_gone(c);
	else
		touch(c);
}

void
call_decline(struct call *c, const char *why)
{
	if (!connected(c) || c->closing)
		return;
	call_say(c, MESSAGE_DECLINED, why, strlen(why));
	c->closing = true;
}

void
call_lose(struct call *c, const char *why)
{
	if (!c->taken) {
		call_decline(c, why);
		return;
	}
	if (!c->channel.over && !c->channel.forgotten)
		conclude(c, MESSAGE_LOST, why, strlen(why));
	c->detached = true;
	touch(c);
}

void
call_told(struct call *c, const struct frame *f)
{
	if (f->type == MESSAGE_STARTED || c->channel.over)
		exchange_answered(c->exchange, c);
	if (c->channel.over)
		exchange_channel_over(c->exchange, c);
	touch(c);
	if (c->channel.forgotten)
		return;
	switch (f->type) {
	case MESSAGE_STARTED:
		call_say(c, f->type, f->payload, f->length);
		c->closing = c->channel.over;
		break;
	case MESSAGE_SWEPT:
		call_say(c, f->type, f->payload, f->length);
		break;
	case MESSAGE_STDIN_CLOSED:
		close_input(c);
		break;
	case MESSAGE_CREDIT:
		watch_input(c);
		break;
	default:
		conclude(c, f->type, f->payload, f->length);
		break;
	}
}

/* ---- what comes from the client ---- */

/* False when nothing came. */
static bool
receive(struct call *c)
{
	size_t room;
	uint8_t *space = frame_reader_space(&c->in, &room);
	ssize_t n;

	if (space == NULL) {
		call_gone(c);
		return false;
	}
	n = passing_receive(c->client.fd, space, room, c->fds, &c->n_fds);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0 || (c->taken && c->n_fds > 0)) {
		call_gone(c);
		return false;
	}
	frame_reader_filled(&c->in, (size_t)n);
	return true;
}

void
call_look(struct call *c)
{
	struct frame f;
	int rc = 0;

	if (!receive(c))
		return;
	while (connected(c) && (rc = frame_next(&c->in, &f)) == 1)
		client_hear(c, &f);
	if (rc == -1)
		call_gone(c);
}

static void
client_ready(void *arg, short revents)
{
	struct call *c = arg;

	if ((revents & POLLOUT) != 0)
		touch(c);
	if (c->hushed && (revents & (POLLHUP | POLLERR)) != 0)
		call_gone(c);
	else if ((revents & ~POLLOUT) != 0)
		call_look(c);
}

/* ---- its life ---- */

struct call *
call_new(struct exchange *x, int fd)
{
	struct call *c = mem_zero(1, sizeof(*c));

	c->exchange = x;
	c->client = (struct loop_watch){ .fd = fd, .events = POLLIN,
	    .ready = client_ready, .arg = c };
	c->input = (struct loop_watch){ .fd = -1, .events = POLLIN,
	    .ready = read_input, .arg = c };
	c->flow[0].fd = c->flow[1].fd = -1;
	loop_watch(x->loop, &c->client);
	x->clients++;
	return c;
}

void
call_free(struct call *c)
{
	struct exchange *x = c->exchange;

	loop_unwatch(x->loop, &c->client);
	if (connected(c))
		x->clients--;
	file_close(&c->client.fd);
	close_input(c);
	for (int i = 0; i < 2; i++)
		outflow_clear(&c->flow[i]);
	for (size_t i = 0; i < c->n_fds; i++)
		file_close(&c->fds[i]);
	if (c->dirty)
		TAILQ_REMOVE(&x->dirty, c, touched);
	frame_reader_clear(&c->in);
	frame_writer_clear(&c->out);
	free(c);
}

/* What is to be said last may be said when all output is through. */
static void
say_last(struct call *c)
{
	if (c->last_type == 0 || c->closing ||
	    !outflow_closed(&c->flow[0]) || !outflow_closed(&c->flow[1]))
		return;
	call_say(c, c->last_type, c->last, c->last_len);
	c->closing = true;
}

void
call_flush(struct call *c)
{
	int rc;

	c->dirty = false;
	TAILQ_REMOVE(&c->exchange->dirty, c, touched);
	if (!connected(c))
		return;
	say_last(c);
	rc = frame_write(&c->out, c->client.fd);
	if (rc == -1 || (rc == 1 && c->closing))
		call_gone(c);
	else if (rc == 0)
		c->client.events |= POLLOUT;
	else
		c->client.events &= (short)~POLLOUT;
}

void
call_hush(struct call *c, bool hush)
{
	c->hushed = hush;
	if (hush)
		c->client.events &= (short)~POLLIN;
	else
		c->client.events |= POLLIN;
	watch_input(c);
}

void
call_close(struct call *c, const char *why)
{
	if (c->stops)
		c->closing = true;
	else if (!c->taken)
		call_decline(c, why);
	touch(c);
}

bool
call_is_over(const struct call *c)
{
	return !connected(c) &&
	    (!c->taken || c->channel.over || c->detached);
}
