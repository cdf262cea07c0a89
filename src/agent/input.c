/* SPDX-License-Identifier: ISC */
#include "agent/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/message.h"

#define CREDIT_MIN	(WIRE_WINDOW_IN / 4)

void
input_open(struct input *i, int fd, bool terminal)
{
	*i = (struct input){ .fd = fd, .terminal = terminal };
	if (fd != -1)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool
input_is_waiting(const struct input *i)
{
	return i->fd != -1 && i->end > i->start;
}

static int
make_room(struct input *i, size_t n)
{
	size_t room = i->room > 0 ? i->room : 4096;
	uint8_t *data;

	if (i->room - i->end >= n)
		return 0;
	if (i->end > i->start)
		memmove(i->data, i->data + i->start, i->end - i->start);
	i->end -= i->start;
	i->start = 0;
	while (room - i->end < n)
		room *= 2;
	if (room == i->room)
		return 0;
	data = realloc(i->data, room);
	if (data == NULL)
		return -1;
	i->data = data;
	i->room = room;
	return 0;
}

int
input_add(struct input *i, const uint8_t *bytes, size_t n)
{
	if (n == 0) {
		i->ended = true;
		return 0;
	}
	if (i->fd == -1 && !i->ended)
		return 0;
	if (i->ended || i->end - i->start + i->taken + n > WIRE_WINDOW_IN) {
		errno = EPROTO;
		return -1;
	}
	if (make_room(i, n) == -1)
		return -1;
	memcpy(i->data + i->end, bytes, n);
	i->end += n;
	return 0;
}

static void
forget_data(struct input *i)
{
	free(i->data);
	i->data = NULL;
	i->start = i->end = i->room = 0;
}

/* What waits is better kept by the kernel; false: that was done before. */
static bool
grow_pipe(struct input *i)
{
	if (i->grown || i->terminal)
		return false;
	i->grown = true;
	return fcntl(i->fd, F_SETPIPE_SZ, WIRE_WINDOW_IN) != -1;
}

int
input_write(struct input *i)
{
	ssize_t n;

	while (input_is_waiting(i)) {
		n = write(i->fd, i->data + i->start, i->end - i->start);
		if (n >= 0) {
			i->start += (size_t)n;
			i->taken += (size_t)n;
		} else if (errno == EAGAIN) {
			if (!grow_pipe(i))
				return 0;
		} else if (errno != EINTR) {
			input_close(i);
			return -1;
		}
	}
	if (i->data != NULL)
		forget_data(i);
	if (i->ended && !i->terminal)
		input_close(i);
	return 1;
}

uint32_t
input_credit(struct input *i)
{
	size_t n = i->taken;

	if (n < CREDIT_MIN || i->ended || i->fd == -1)
		return 0;
	i->taken = 0;
	return (uint32_t)n;
}

void
input_close(struct input *i)
{
	if (i->fd != -1)
		close(i->fd);
	i->fd = -1;
	forget_data(i);
}
