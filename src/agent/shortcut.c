/* SPDX-License-Identifier: ISC */
#include "agent/shortcut.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent/link.h"
#include "wire/message.h"

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
shortcut_offer(struct shortcut *s)
{
	*s = (struct shortcut){ { -1, -1 }, { -1, -1 }, -1 };
	if (pipe2(s->in, O_CLOEXEC) == -1)
		return;
	if (pipe2(s->out, O_CLOEXEC) == -1)
		shortcut_withdraw(s);
}

uint32_t
shortcut_in(const struct shortcut *s)
{
	return s->in[0] == -1 ? WIRE_NO_PIPE : (uint32_t)s->in[0];
}

uint32_t
shortcut_out(const struct shortcut *s)
{
	return s->out[1] == -1 ? WIRE_NO_PIPE : (uint32_t)s->out[1];
}

int
shortcut_take(struct shortcut *s, struct link *l)
{
	int before = l->in;

	if (s->in[0] == -1 || s->lifeline != -1) {
		errno = EPROTO;
		return -1;
	}
	if (link_switch(l, s->in[0], s->out[1]) == -1)
		return -1;
	s->lifeline = before;
	/* The other ends are the keeper's alone: its end is seen by that. */
	close_end(&s->in[1]);
	close_end(&s->out[0]);
	return 0;
}

void
shortcut_withdraw(struct shortcut *s)
{
	if (s->lifeline != -1)
		return;
	for (int i = 0; i < 2; i++) {
		close_end(&s->in[i]);
		close_end(&s->out[i]);
	}
}
