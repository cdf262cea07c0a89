/* SPDX-License-Identifier: ISC */
#include "run/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define MOST	(1024 * 1024)

/* In front of each run of bytes; only this process ever reads it. */
struct header {
	uint32_t length;
	uint32_t stream;
};

int
spool_open(struct spool *s)
{
	s->size = 0;
	s->fd = file_temporary();
	return s->fd == -1 ? -1 : 0;
}

static int
write_at(int fd, const void *bytes, size_t len, off_t at)
{
	const char *from = bytes;
	ssize_t n;

	while (len > 0) {
		n = pwrite(fd, from, len, at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		from += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The header is written last: a run counts only once it is whole. */
static int
finish_run(struct spool *s, int stream, size_t len)
{
	struct header h = { (uint32_t)len, (uint32_t)stream };

	if (write_at(s->fd, &h, sizeof(h), s->size) == -1)
		return -1;
	s->size += (off_t)(sizeof(h) + len);
	return 0;
}

int
spool_add(struct spool *s, int stream, const void *bytes, size_t len)
{
	if (write_at(s->fd, bytes, len, s->size + (off_t)sizeof(struct header))
	    == -1)
		return -1;
	return finish_run(s, stream, len);
}

static ssize_t
take_by_copy(struct spool *s, int stream, int fd)
{
	char chunk[SPOOL_CHUNK];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n <= 0)
		return n;
	return spool_add(s, stream, chunk, (size_t)n) == -1 ? -1 : n;
}

ssize_t
spool_take(struct spool *s, int stream, int fd)
{
#ifdef SPLICE_F_NONBLOCK
	off_t at = s->size + (off_t)sizeof(struct header);
	ssize_t n = splice(fd, NULL, s->fd, &at, MOST,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

	if (n > 0)
		return finish_run(s, stream, (size_t)n) == -1 ? -1 : n;
	if (n == 0 || (errno != EINVAL && errno != ENOSYS))
		return n;
#endif
	return take_by_copy(s, stream, fd);
}

void
spool_read(struct spool_cursor *c, const struct spool *s, int only)
{
	*c = (struct spool_cursor){ .spool = s, .only = only };
}

/* Give the memory back; the place in the file is kept. */
static void
let_go(struct spool_cursor *c)
{
	free(c->window);
	c->window = NULL;
	c->filled = 0;
}

void
spool_cursor_clear(struct spool_cursor *c)
{
	let_go(c);
	memset(c, 0, sizeof(*c));
}

/* Let the window begin where the cursor is. */
static int
refill(struct spool_cursor *c)
{
	off_t rest = c->spool->size - c->at;
	size_t most = rest < SPOOL_CHUNK ? (size_t)rest : SPOOL_CHUNK;
	ssize_t n;

	if (c->window == NULL)
		c->window = mem_grow(NULL, 1, SPOOL_CHUNK);
	c->from = c->at;
	c->filled = 0;
	do
		n = pread(c->spool->fd, c->window, most, c->at);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	c->filled = (size_t)n;
	return 0;
}

/*
 * How many bytes of the window stand at the cursor, LEAST at the least; 0 with
 * errno.  A file that is shorter than it was has been tampered with.
 */
static size_t
available(struct spool_cursor *c, size_t least)
{
	off_t end = c->from + (off_t)c->filled;

	if (end - c->at < (off_t)least) {
		if (refill(c) == -1)
			return 0;
		end = c->from + (off_t)c->filled;
	}
	if (end - c->at < (off_t)least) {
		errno = EIO;
		return 0;
	}
	return (size_t)(end - c->at);
}

/* Go on to the next run that is wanted: 1, 0 at the end, -1 with errno. */
static int
next_run(struct spool_cursor *c)
{
	struct header h;

	while (c->left == 0) {
		if (c->at >= c->spool->size)
			return 0;
		if (available(c, sizeof(h)) == 0)
			return -1;
		memcpy(&h, c->window + (c->at - c->from), sizeof(h));
		c->at += (off_t)sizeof(h);
		c->stream = (int)h.stream;
		if (c->only == SPOOL_ALL || c->only == c->stream)
			c->left = h.length;
		else
			c->at += (off_t)h.length;
	}
	return 1;
}

ssize_t
spool_next(struct spool_cursor *c, const char **bytes, int *stream)
{
	int rc = next_run(c);
	size_t n;

	if (rc == 0)
		let_go(c);
	if (rc != 1)
		return rc;
	n = available(c, 1);
	if (n == 0)
		return -1;
	n = n < c->left ? n : c->left;
	*bytes = c->window + (c->at - c->from);
	*stream = c->stream;
	c->at += (off_t)n;
	c->left -= n;
	return (ssize_t)n;
}

int
spool_replay(const struct spool *s, const int *to, int *stream)
{
	SPOOL_CURSOR_AUTO struct spool_cursor c = { 0 };
	const char *bytes = NULL;
	ssize_t n;

	spool_read(&c, s, SPOOL_ALL);
	while ((n = spool_next(&c, &bytes, stream)) > 0)
		if (file_write(to[*stream], bytes, (size_t)n) == -1)
			return -1;
	if (n == -1)
		*stream = -1;
	return (int)n;
}

void
spool_close(struct spool *s)
{
	if (s->fd > 0)
		file_close(&s->fd);
	s->fd = -1;
}
