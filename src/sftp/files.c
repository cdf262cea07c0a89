/* SPDX-License-Identifier: ISC */
#include "sftp/files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sftp/status.h"

/* With none of both it is opened to be read, as by OpenSSH. */
static int
access_of(uint32_t flags)
{
	if ((flags & FILES_WRITE) == 0)
		return O_RDONLY;
	return (flags & FILES_READ) != 0 ? O_RDWR : O_WRONLY;
}

static int
open_flags(uint32_t flags)
{
	/* Without waiting: a fifo without a peer must not hold up the rest. */
	int how = access_of(flags) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	if ((flags & FILES_APPEND) != 0)
		how |= O_APPEND;
	if ((flags & FILES_CREATE) != 0)
		how |= O_CREAT;
	if ((flags & FILES_TRUNCATE) != 0)
		how |= O_TRUNC;
	if ((flags & FILES_EXCLUSIVE) != 0)
		how |= O_EXCL;
	return how;
}

int
files_open(struct session *s, const struct request *q, struct reply *r)
{
	mode_t mode = attributes_mode(&q->attributes, 0666 & ~s->mask);
	int fd = open(q->name, open_flags(q->flags), mode);
	struct handle *h;

	if (fd == -1)
		return errno;
	h = handles_add(&s->handles, HANDLE_FILE, fd);
	if (h == NULL)
		return errno;
	handles_put(&s->handles, h, r, q->id);
	return ANSWER_MADE;
}

int
files_close(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return handles_close(q->handle);
}

/* As many as there are: how many, or -1 with errno if not even one. */
static ssize_t
read_all(int fd, uint8_t *bytes, size_t wanted, uint64_t offset)
{
	size_t got = 0;
	ssize_t n;

	while (got < wanted) {
		n = pread(fd, bytes + got, wanted - got, (off_t)(offset + got));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && got == 0)
			return -1;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int
files_read(struct session *s, const struct request *q, struct reply *r)
{
	size_t wanted = q->length < PACKET_BULK ? q->length : PACKET_BULK;
	size_t begun = reply_begin(r, PACKET_DATA), length_at;
	uint8_t *bytes;
	ssize_t n;

	(void)s;
	reply_put32(r, q->id);
	length_at = r->used;
	reply_put32(r, 0);
	bytes = reply_space(r, wanted);
	if (bytes == NULL)
		return ANSWER_MADE;
	n = read_all(q->handle->fd, bytes, wanted, q->offset);
	if (n == -1 || (n == 0 && wanted > 0)) {
		r->used = begun;
		return n == -1 ? errno : ANSWER_EOF;
	}
	r->used = length_at + 4 + (size_t)n;
	reply_set32(r, length_at, (uint32_t)n);
	reply_end(r, begun);
	return ANSWER_MADE;
}

/* All of them: 0, or an errno. */
static int
write_all(int fd, const uint8_t *bytes, size_t left, uint64_t offset)
{
	ssize_t n;

	while (left > 0) {
		n = pwrite(fd, bytes, left, (off_t)offset);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno;
		bytes += n;
		left -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

static int
remember(struct handle *h, int error)
{
	if (error != 0 && h->failed == 0)
		h->failed = error;
	return error;
}

/* Where it was opened to append, Linux takes no notice of an offset. */
int
files_write(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return remember(q->handle, write_all(q->handle->fd, q->data,
	    q->data_length, q->offset));
}

int
files_sync(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return remember(q->handle, fsync(q->handle->fd) == -1 ? errno : 0);
}
