/* SPDX-License-Identifier: ISC */
#include "agent/leftovers.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* Read some; false when there will not be more. */
static bool
drain(int fd)
{
	char bytes[16 * 1024];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	return n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR));
}

static void
drop(struct leftovers *l, size_t at)
{
	close(l->fds[at]);
	l->n--;
	memmove(l->fds + at, l->fds + at + 1, (l->n - at) * sizeof(int));
}

void
leftovers_add(struct leftovers *l, int fd)
{
	if (!drain(fd)) {
		close(fd);
		return;
	}
	if (l->n == LEFTOVERS_MOST)
		drop(l, 0);
	l->fds[l->n++] = fd;
}

void
leftovers_poll(const struct leftovers *l, struct pollfd *p)
{
	for (size_t i = 0; i < l->n; i++)
		p[i] = (struct pollfd){ .fd = l->fds[i], .events = POLLIN };
}

void
leftovers_drain(struct leftovers *l, const struct pollfd *polled)
{
	for (size_t i = l->n; i-- > 0;)
		if (polled[i].revents != 0 && !drain(l->fds[i]))
			drop(l, i);
}

void
leftovers_clear(struct leftovers *l)
{
	while (l->n > 0)
		drop(l, l->n - 1);
}
