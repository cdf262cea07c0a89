/* SPDX-License-Identifier: ISC */
#include "sftp/handles.h"

#include <errno.h>
#include <unistd.h>

struct handle *
handles_add(struct handles *h, enum handle_kind kind, int fd)
{
	struct handle *free = h->all, *end = h->all + HANDLES_MOST;

	while (free < end && free->kind != HANDLE_FREE)
		free++;
	if (free == end) {
		close(fd);
		errno = ENFILE;
		return NULL;
	}
	*free = (struct handle){ .kind = kind, .fd = fd,
	    .serial = ++h->serial };
	return free;
}

struct handle *
handles_find(struct handles *h, const uint8_t *bytes, size_t length)
{
	/* It is only read. */
	struct packet p = { .at = (uint8_t *)(uintptr_t)bytes, .left = length };
	uint32_t index = packet_get32(&p), serial = packet_get32(&p);

	if (p.bad || p.left > 0 || index >= HANDLES_MOST ||
	    h->all[index].kind == HANDLE_FREE ||
	    h->all[index].serial != serial)
		return NULL;
	return &h->all[index];
}

int
handles_close(struct handle *h)
{
	int failed = h->failed;

	/* After EINTR, too, the descriptor is gone (close(2)). */
	if (close(h->fd) == -1 && errno != EINTR && failed == 0)
		failed = errno;
	*h = (struct handle){ .kind = HANDLE_FREE };
	return failed;
}

void
handles_put(const struct handles *h, const struct handle *handle,
    struct reply *r, uint32_t id)
{
	size_t begun = reply_begin(r, PACKET_HANDLE);

	reply_put32(r, id);
	reply_put32(r, HANDLE_SIZE);
	reply_put32(r, (uint32_t)(handle - h->all));
	reply_put32(r, handle->serial);
	reply_end(r, begun);
}

void
handles_clear(struct handles *h)
{
	for (size_t i = 0; i < HANDLES_MOST; i++)
		if (h->all[i].kind != HANDLE_FREE)
			handles_close(&h->all[i]);
}
