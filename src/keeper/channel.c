/* SPDX-License-Identifier: ISC */
#include "keeper/channel.h"

#include <string.h>

#include "wire/frame.h"
#include "wire/message.h"
#include "wire/start.h"

#define SIGNAL_MOST	64

/* How long an agent's frames are, those of data apart; -1: it has none such. */
static int
length_of(uint8_t type)
{
	switch (type) {
	case MESSAGE_REFUSED:
	case MESSAGE_STARTED:
		return 4;
	case MESSAGE_CREDIT:
		return 5;
	case MESSAGE_STDIN_CLOSED:
		return 0;
	case MESSAGE_SWEPT:
		return 9;
	case MESSAGE_END:
		return 2;
	default:
		return -1;
	}
}

void
channel_open(struct channel *c, uint32_t number, uint32_t flags)
{
	memset(c, 0, sizeof(*c));
	c->number = number;
	c->flags = flags;
	c->may_send[0] = c->may_send[1] = WIRE_WINDOW_OUT;
	c->may_get = WIRE_WINDOW_IN;
}

static int
data(struct channel *c, int i, uint32_t length)
{
	if (!c->started || c->ended[i] || length > c->may_send[i])
		return -1;
	if (i == 1 && (c->flags & START_TTY) != 0)
		return -1;
	c->may_send[i] -= length;
	c->ended[i] = length == 0;
	return 0;
}

int
channel_header(struct channel *c, uint8_t type, uint32_t length)
{
	if (c->over)
		return -1;
	if (type == MESSAGE_STDOUT || type == MESSAGE_STDERR)
		return data(c, type - MESSAGE_STDOUT, length);
	return length_of(type) == (int)length ? 0 : -1;
}

static int
credit(struct channel *c, const uint8_t *payload)
{
	uint32_t n = frame_get32(payload + 1);

	if ((c->flags & START_STDIN) == 0 || payload[0] != 0 ||
	    n > WIRE_WINDOW_IN - c->may_get)
		return -1;
	c->may_get += n;
	return 0;
}

static int
unread(struct channel *c)
{
	if ((c->flags & START_STDIN) == 0 || c->unread)
		return -1;
	c->unread = true;
	return 0;
}

static int
swept(struct channel *c)
{
	if (c->sweeps == 0)
		return -1;
	c->sweeps--;
	return 0;
}

static int
started(struct channel *c)
{
	if (c->started)
		return -1;
	c->started = true;
	c->over = (c->flags & START_DETACH) != 0;
	return 0;
}

/* What was never started has no end, but for what was forgotten first. */
static int
end(struct channel *c, const uint8_t *payload)
{
	bool known = payload[0] == WIRE_EXIT || (payload[0] == WIRE_SIGNALED &&
	    payload[1] >= 1 && payload[1] <= SIGNAL_MOST);

	if (!known || (!c->started && !c->forgotten))
		return -1;
	c->over = true;
	return 0;
}

static int
refused(struct channel *c)
{
	if (c->started)
		return -1;
	c->over = true;
	return 0;
}

int
channel_payload(struct channel *c, uint8_t type, const uint8_t *payload)
{
	switch (type) {
	case MESSAGE_STARTED:
		return started(c);
	case MESSAGE_REFUSED:
		return refused(c);
	case MESSAGE_CREDIT:
		return c->started ? credit(c, payload) : -1;
	case MESSAGE_STDIN_CLOSED:
		return c->started ? unread(c) : -1;
	case MESSAGE_SWEPT:
		return c->started ? swept(c) : -1;
	case MESSAGE_END:
		return end(c, payload);
	default:
		return -1;
	}
}

void
channel_grant(struct channel *c, int stream, uint32_t n)
{
	c->may_send[stream - 1] += n;
}
