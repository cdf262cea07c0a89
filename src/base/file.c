/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

int
file_read(const char *path, size_t limit, struct buf *b)
{
	FD_AUTO int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	for (;;) {
		n = read(fd, buf_reserve(b, 4096), 4096);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		b->len += (size_t)n;
		b->data[b->len] = '\0';
		if (b->len > limit) {
			errno = EFBIG;
			return -1;
		}
	}
}

int
file_write(int fd, const void *data, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n == -1 && errno == EAGAIN) {
			poll(&p, 1, -1);
			continue;
		}
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_replace(const char *path, const void *data, size_t len)
{
	MEM_AUTO char *new = mem_printf("%s.%ld", path, (long)getpid());
	FD_AUTO int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);

	if (fd != -1 && file_write(fd, data, len) == 0 &&
	    rename(new, path) == 0)
		return 0;
	if (fd != -1)
		unlink(new);
	return -1;
}

int
file_make_directories(const char *path)
{
	MEM_AUTO char *dir = mem_dup(path);

	for (char *slash = strchr(dir + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(dir, 0700) == -1 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(path, 0700) == -1 && errno != EEXIST ? -1 : 0;
}

const char *
file_temporary_directory(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && *dir != '\0' ? dir : "/tmp";
}

int
file_temporary(void)
{
	char path[PATH_MAX];
	int fd;

#ifdef O_TMPFILE
	fd = open(file_temporary_directory(),
	    O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1)
		return fd;
#endif
	if (snprintf(path, sizeof(path), "%s/dexec.XXXXXXXXXX",
	    file_temporary_directory()) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd != -1)
		unlink(path);
	return fd;
}

int
file_fill_standard(void)
{
	int fd;

	for (int want = 0; want <= 2; want++) {
		if (fcntl(want, F_GETFD) != -1)
			continue;
		/* The lowest free number is the one that is closed. */
		fd = open("/dev/null", want == 0 ? O_WRONLY : O_RDONLY);
		if (fd == -1)
			return -1;
	}
	return 0;
}

int
file_pipe(int ends[2], int nonblock_end)
{
	int flags;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	if (nonblock_end == -1)
		return 0;
	flags = fcntl(ends[nonblock_end], F_GETFL);
	return fcntl(ends[nonblock_end], F_SETFL, flags | O_NONBLOCK);
}

void
file_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}
