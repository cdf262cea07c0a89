/* SPDX-License-Identifier: ISC */
#include "dockerutils/tunnel.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/strv.h"
#include "dockerutils/ssh.h"
#include "run/loop.h"
#include "run/spawn.h"

#define TRY_AGAIN	50	/* ms */

/* While it is being opened. */
struct opening {
	struct loop loop;
	struct loop_timer timer;
	struct loop_child child;
	int port;
	bool open, ended;
};

void
tunnel_argv(const struct ssh *ssh, struct strv *argv, int port)
{
	struct strv plain = { 0 };

	ssh_argv(ssh, &plain, "ExitOnForwardFailure=yes", NULL);
	strv_push(argv, plain.v[0]);
	strv_push(argv, "-N");
	strv_push(argv, "-L");
	strv_pushf(argv, "127.0.0.1:%d:127.0.0.1:%d", port, port);
	strv_pushv(argv, plain.v + 1);
	strv_clear(&plain);
}

static bool
takes_connections(int port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	FD_AUTO int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd != -1 && connect(fd, (const struct sockaddr *)&to,
	    sizeof(to)) == 0;
}

static void
look(void *arg)
{
	struct opening *o = arg;

	o->open = takes_connections(o->port);
	if (!o->open)
		loop_after(&o->loop, &o->timer, TRY_AGAIN);
}

static void
changed(void *arg, int wait_status)
{
	struct opening *o = arg;

	if (!WIFSTOPPED(wait_status))
		o->ended = true;
}

static int
start(struct tunnel *t, struct opening *o, const struct ssh *ssh,
    struct error *e)
{
	struct strv argv = { 0 };
	struct spawn s = { .fd = { STDIN_FILENO, STDERR_FILENO,
	    STDERR_FILENO } };
	int rc = 0;

	tunnel_argv(ssh, &argv, o->port);
	s.argv = strv_argv(&argv);
	t->pid = spawn_start(&s, e);
	strv_clear(&argv);
	if (t->pid == -1) {
		t->pid = 0;
		return -1;
	}
	o->child = (struct loop_child){ .pid = t->pid, .changed = changed,
	    .arg = o };
	o->timer.fire = look;
	o->timer.arg = o;
	loop_child(&o->loop, &o->child);
	loop_after(&o->loop, &o->timer, TRY_AGAIN);
	while (rc == 0 && !o->open && !o->ended)
		rc = loop_round(&o->loop, e);
	loop_cancel(&o->loop, &o->timer);
	loop_forget(&o->loop, &o->child);
	return rc;
}

int
tunnel_open(struct tunnel *t, const struct ssh *ssh, int port,
    struct error *e)
{
	struct opening o = { .port = port };
	int rc;

	t->pid = 0;
	if (takes_connections(port))
		return error_set(e, "port %d is in use here", port);
	if (loop_init(&o.loop, e) == -1)
		return -1;
	rc = start(t, &o, ssh, e);
	loop_clear(&o.loop);
	if (o.ended) {
		t->pid = 0;
		return error_set(e, "no tunnel to %s", ssh->host);
	}
	if (rc == -1)
		tunnel_close(t);
	return rc;
}

int
tunnel_wait(struct tunnel *t)
{
	int wait_status = 0;

	while (t->pid != 0 && waitpid(t->pid, &wait_status, 0) == -1 &&
	    errno == EINTR)
		continue;
	t->pid = 0;
	return wait_status;
}

void
tunnel_close(struct tunnel *t)
{
	if (t->pid == 0)
		return;
	kill(t->pid, SIGTERM);
	tunnel_wait(t);
}
