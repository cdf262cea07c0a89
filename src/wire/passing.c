/* SPDX-License-Identifier: ISC */
#include "wire/passing.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

union control {
	char bytes[CMSG_SPACE(PASSING_MOST * sizeof(int))];
	struct cmsghdr align;
};

static void
attach(struct msghdr *m, union control *control, const int *fds, size_t n)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	m->msg_control = control->bytes;
	m->msg_controllen = CMSG_SPACE(n * sizeof(int));
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
}

int
passing_send(int fd, const void *bytes, size_t len, const int *fds, size_t n)
{
	struct pollfd full = { .fd = fd, .events = POLLOUT };
	struct iovec v = { .iov_base = (void *)(uintptr_t)bytes,
	    .iov_len = len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	union control control;
	ssize_t sent;

	if (fds != NULL && n > 0)
		attach(&m, &control, fds, n);
	while (v.iov_len > 0) {
		sent = sendmsg(fd, &m, MSG_NOSIGNAL);
		if (sent >= 0) {
			v.iov_base = (char *)v.iov_base + sent;
			v.iov_len -= (size_t)sent;
			m.msg_control = NULL;
			m.msg_controllen = 0;
		} else if (errno == EAGAIN) {
			poll(&full, 1, -1);
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

/* Take the descriptors of C; those that there is no room for are closed. */
static int
detach(const struct cmsghdr *c, int *fds, size_t *n)
{
	size_t came = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int rc = 0;
	int fd;

	for (size_t i = 0; i < came; i++) {
		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		if (*n < PASSING_MOST) {
			fds[(*n)++] = fd;
		} else {
			close(fd);
			rc = -1;
		}
	}
	return rc;
}

ssize_t
passing_receive(int fd, void *bytes, size_t len, int *fds, size_t *n)
{
	struct iovec v = { .iov_base = bytes, .iov_len = len };
	union control control;
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
	    .msg_control = control.bytes, .msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	int rc = 0;

	if (got == -1)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL;
	    c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
		    detach(c, fds, n) == -1)
			rc = -1;
	if (rc == 0 && (m.msg_flags & MSG_CTRUNC) == 0)
		return got;
	errno = EPROTO;
	return -1;
}
