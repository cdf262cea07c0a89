/* SPDX-License-Identifier: ISC */
#include "keeper/door.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"

#define BACKLOG		1024
#define AGAIN_MS	10

static int
address(struct sockaddr_un *a, const char *path, struct error *e)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	if (strlcpy(a->sun_path, path, sizeof(a->sun_path)) >=
	    sizeof(a->sun_path))
		return error_set(e, "the socket's path is too long");
	return 0;
}

/* Does anybody listen there? */
static bool
answered(const char *path)
{
	FD_AUTO int fd = socket(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ERROR_AUTO struct error e = { 0 };
	struct sockaddr_un a;

	if (fd == -1 || address(&a, path, &e) == -1)
		return false;
	/* EAGAIN: so many do not wait where nobody listens. */
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ||
	    errno == EAGAIN;
}

static int
lock(struct door *d, bool wait)
{
	int rc;

	do
		rc = flock(d->lock, LOCK_EX | (wait ? 0 : LOCK_NB));
	while (rc == -1 && errno == EINTR);
	return rc;
}

int
door_lock(struct door *d, const char *path, bool wait, enum door_lock *found,
    struct error *e)
{
	memset(d, 0, sizeof(*d));
	d->watch.fd = -1;
	d->path = mem_dup(path);
	d->lock_path = mem_printf("%s.lock", path);
	d->lock = open(d->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (d->lock == -1)
		return error_system(e, "cannot open %s", d->lock_path);
	*found = DOOR_BUSY;
	if (lock(d, wait) == -1)
		return errno == EWOULDBLOCK ? 0 :
		    error_system(e, "cannot lock %s", d->lock_path);
	*found = answered(path) ? DOOR_SERVED : DOOR_OURS;
	return 0;
}

static bool
is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    peer.uid == geteuid();
}

static void
take_all(struct door *d)
{
	int fd;

	for (;;) {
		fd = accept4(d->watch.fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd == -1 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd == -1)
			return;
		if (is_ours(fd))
			d->came(d->arg, fd);
		else
			close(fd);
	}
}

static void
ready(void *arg, short revents)
{
	(void)revents;
	take_all(arg);
}

/* Under a name that nobody knows, and then all at once under its own. */
static int
bind_there(struct door *d, int fd, const char *new, struct error *e)
{
	struct sockaddr_un a;
	struct stat st;

	if (address(&a, new, e) == -1)
		return -1;
	unlink(new);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    chmod(new, 0600) == -1 || stat(new, &st) == -1 ||
	    listen(fd, BACKLOG) == -1 || rename(new, d->path) == -1) {
		error_system(e, "cannot listen at %s", d->path);
		unlink(new);
		return -1;
	}
	d->device = st.st_dev;
	d->inode = st.st_ino;
	return 0;
}

int
door_open(struct door *d, struct loop *loop, void (*came)(void *arg, int fd),
    void *arg, struct error *e)
{
	MEM_AUTO char *new = mem_printf("%s.new", d->path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	if (fd == -1)
		return error_system(e, "cannot make a socket");
	if (bind_there(d, fd, new, e) == -1) {
		file_close(&fd);
		return -1;
	}
	d->loop = loop;
	d->came = came;
	d->arg = arg;
	d->watch = (struct loop_watch){ .fd = fd, .events = POLLIN,
	    .ready = ready, .arg = d };
	loop_watch(loop, &d->watch);
	flock(d->lock, LOCK_UN);
	return 0;
}

static void
try_to_close(void *arg)
{
	struct door *d = arg;
	struct stat st;

	/* Whoever has the lock finds us here, and goes. */
	if (lock(d, false) == -1 && errno == EWOULDBLOCK) {
		loop_after(d->loop, &d->again, AGAIN_MS);
		return;
	}
	if (lstat(d->path, &st) == 0 && st.st_dev == d->device &&
	    st.st_ino == d->inode)
		unlink(d->path);
	take_all(d);
	loop_unwatch(d->loop, &d->watch);
	file_close(&d->watch.fd);
	flock(d->lock, LOCK_UN);
	d->gone(d->arg);
}

void
door_close(struct door *d, void (*gone)(void *arg), void *arg)
{
	d->gone = gone;
	d->arg = arg;
	d->again.fire = try_to_close;
	d->again.arg = d;
	if (d->watch.fd == -1)
		gone(arg);
	else
		try_to_close(d);
}

void
door_clear(struct door *d)
{
	if (d->loop != NULL) {
		loop_cancel(d->loop, &d->again);
		loop_unwatch(d->loop, &d->watch);
	}
	file_close(&d->watch.fd);
	file_close(&d->lock);
	free(d->path);
	free(d->lock_path);
	memset(d, 0, sizeof(*d));
	d->watch.fd = d->lock = -1;
}
