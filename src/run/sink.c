/* SPDX-License-Identifier: ISC */
#include "run/sink.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* What a terminal that says it has room surely takes. */
#define SURE_ROOM	512

/* What an ordinary user may have (pipe(7)). */
#define WIDE_PIPE	(1024 * 1024)

/*
 * A description of our own of a pipe or terminal, which can be non-blocking
 * without changing that of whoever shares it with us.
 */
static int
reopen(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void
sink_open(struct sink *s, int fd)
{
	struct stat st;
	int own;

	memset(s, 0, sizeof(*s));
	s->fd = fd;
	if (fstat(fd, &st) == -1)
		return;
	s->is_socket = S_ISSOCK(st.st_mode);
	s->is_pipe = S_ISFIFO(st.st_mode);
	s->is_terminal = S_ISCHR(st.st_mode) && isatty(fd);
#ifdef SPLICE_F_NONBLOCK
	s->splices = !s->is_socket && !s->is_terminal;
#endif
	if (!s->is_pipe && !s->is_terminal)
		return;
	own = reopen(fd);
	s->own = own != -1;
	s->may_block = own == -1;
	if (s->own)
		s->fd = own;
}

ssize_t
sink_write(struct sink *s, const char *bytes, size_t len)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	if (s->is_socket)
		return send(s->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (s->may_block) {
		if (poll(&p, 1, 0) == 0) {
			errno = EAGAIN;
			return -1;
		}
		len = len < SURE_ROOM ? len : SURE_ROOM;
	}
	return write(s->fd, bytes, len);
}

ssize_t
sink_splice(struct sink *s, int fd, size_t most)
{
	ssize_t n = -1;

	errno = EINVAL;
#ifdef SPLICE_F_NONBLOCK
	n = splice(fd, NULL, s->fd, NULL, most,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
#else
	(void)fd;
	(void)most;
#endif
	/*
	 * O_APPEND, /dev/full and others that only take copies; and one that
	 * takes nothing, which is an error only if there is something.
	 */
	if (n == -1 &&
	    (errno == EINVAL || errno == ENOSYS || errno == EBADF)) {
		s->splices = false;
		errno = EINVAL;
	}
	return n;
}

void
sink_widen(struct sink *s)
{
	if (!s->is_pipe || s->widened)
		return;
	s->widened = true;
#ifdef F_SETPIPE_SZ
	fcntl(s->fd, F_SETPIPE_SZ, WIDE_PIPE);
#endif
}

void
sink_close(struct sink *s)
{
	if (s->own)
		file_close(&s->fd);
	memset(s, 0, sizeof(*s));
	s->fd = -1;
}
