/* SPDX-License-Identifier: ISC */
#include "keeper/client.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "keeper/call.h"
#include "keeper/exchange.h"
#include "wire/message.h"
#include "wire/start.h"

static int
non_blocking(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	if (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode) || flags == -1)
		return -1;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* The pipes that a start with FLAGS needs, and no others. */
static int
check_pipes(const struct call *c, uint32_t flags)
{
	size_t n = 1;

	n += (flags & START_STDIN) != 0;
	n += (flags & START_TTY) == 0;
	if ((flags & START_DETACH) != 0)
		n = 0;
	if (c->n_fds != n)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (non_blocking(c->fds[i]) == -1)
			return -1;
	return 0;
}

/* The client must know that it was taken before the agent can know of it. */
static void
take(struct call *c, uint32_t flags, const uint8_t *start, size_t len)
{
	if (frame_put(&c->out, 0, MESSAGE_TAKEN, NULL, 0) == -1 ||
	    frame_write(&c->out, c->client.fd) != 1) {
		call_gone(c);
		return;
	}
	c->taken = true;
	c->channel.flags = flags;
	exchange_begin(c->exchange, c, start, len);
	call_open(c, flags);
}

static void
ask_for_start(struct call *c, const struct frame *f)
{
	const struct exchange_hooks *hooks = &c->exchange->hooks;
	uint32_t n = f->length >= 4 ? frame_get32(f->payload) : UINT32_MAX;
	struct start start;
	const char *why;
	uint32_t flags;

	if (n > f->length - 4) {
		call_decline(c, "this is no call");
		return;
	}
	why = hooks->refuses(hooks->arg, f->payload + 4, n);
	if (why != NULL) {
		call_decline(c, why);
		return;
	}
	if (start_decode(&start, f->payload + 4 + n, f->length - 4 - n) == -1) {
		call_decline(c, "this is no start");
		return;
	}
	flags = start.flags;
	start_clear(&start);
	if (check_pipes(c, flags) == -1)
		call_decline(c, "these are not the pipes that it needs");
	else
		take(c, flags, f->payload + 4 + n, f->length - 4 - n);
}

/* Of any version, and whatever it keeps: no key is asked for. */
static void
ask_for_status(struct call *c)
{
	const struct exchange_hooks *hooks = &c->exchange->hooks;
	MEM_AUTO char *text = hooks->status(hooks->arg);

	call_say(c, MESSAGE_STATUS, text, strlen(text));
	c->closing = true;
}

static void
ask_to_stop(struct call *c)
{
	c->stops = true;
	c->exchange->hooks.stop(c->exchange->hooks.arg);
}

static void
pass_sweep(struct call *c, const struct frame *f)
{
	if (f->length != 2 || f->payload[1] > WIRE_FINISH) {
		call_gone(c);
	} else if (call_live(c)) {
		c->channel.sweeps++;
		exchange_tell(c->exchange, &c->channel, f->type, f->payload,
		    f->length);
	}
}

static void
pass_size(struct call *c, const struct frame *f)
{
	if (f->length != 4 || (c->channel.flags & START_TTY) == 0)
		call_gone(c);
	else if (call_live(c))
		exchange_tell(c->exchange, &c->channel, f->type, f->payload,
		    f->length);
}

void
client_hear(struct call *c, const struct frame *f)
{
	if (c->closing || c->stops)
		return;
	if (f->channel != 0)
		call_gone(c);
	else if (!c->taken && f->type == MESSAGE_CALL)
		ask_for_start(c, f);
	else if (!c->taken && f->type == MESSAGE_STATUS)
		ask_for_status(c);
	else if (!c->taken && f->type == MESSAGE_STOP)
		ask_to_stop(c);
	else if (c->taken && f->type == MESSAGE_SWEEP)
		pass_sweep(c, f);
	else if (c->taken && f->type == MESSAGE_WINSIZE)
		pass_size(c, f);
	else
		call_gone(c);
}
