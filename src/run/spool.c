/* SPDX-License-Identifier: ISC */
#include "run/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define CHUNK	(64 * 1024)
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
	char chunk[CHUNK];
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

static int
read_at(int fd, void *to, size_t len, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, to, len, at);
	while (n == -1 && errno == EINTR);
	if (n == 0)
		errno = EIO;
	return n == (ssize_t)len ? 0 : -1;
}

static int
replay_run(const struct spool *s, off_t at, size_t len, int to, int *failed)
{
	char chunk[CHUNK];
	size_t part;

	for (; len > 0; len -= part, at += (off_t)part) {
		part = len < sizeof(chunk) ? len : sizeof(chunk);
		if (read_at(s->fd, chunk, part, at) == -1) {
			*failed = -1;
			return -1;
		}
		if (file_write(to, chunk, part) == -1)
			return -1;
	}
	return 0;
}

int
spool_replay(const struct spool *s, const int *to, int *stream)
{
	struct header h;
	off_t at = 0;

	while (at < s->size) {
		if (read_at(s->fd, &h, sizeof(h), at) == -1) {
			*stream = -1;
			return -1;
		}
		at += (off_t)sizeof(h);
		*stream = (int)h.stream;
		if (replay_run(s, at, h.length, to[h.stream], stream) == -1)
			return -1;
		at += (off_t)h.length;
	}
	return 0;
}

void
spool_close(struct spool *s)
{
	if (s->fd > 0)
		file_close(&s->fd);
	s->fd = -1;
}
