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
#include "run/child.h"
#include "run/loop.h"
#include "run/signals.h"
#include "run/spawn.h"

#define TRY_AGAIN	50	/* ms */

/* While it is being opened. */
struct opening {
	struct loop loop;
	struct loop_timer timer;
	struct loop_child child;
	int port;
	int *signo;
	bool open, ended;
};

/* While it is open. */
struct holding {
	struct tunnel *tunnel;
	int status;
};

void
tunnel_argv(const struct ssh *ssh, struct strv *argv, int port)
{
	struct strv plain = { 0 };

	ssh_argv(ssh, &plain, "ExitOnForwardFailure=yes", NULL);
	strv_push(argv, plain.v[0]);
	strv_push(argv, "-N");
	/* A connection that is shared would keep the port after us. */
	strv_push_option(argv, "-S", "none");
	strv_push(argv, "-L");
	strv_pushf(argv, "127.0.0.1:%d:127.0.0.1:%d", port, port);
	strv_pushv(argv, plain.v + 1);
	strv_clear(&plain);
}

/*
 * Somebody listens there.  A connection would tell, too, but reach the other
 * end, where nobody may listen yet, and ssh complains of that.  ssh can bind
 * beside us as long as neither listens.
 */
static bool
is_taken(int port)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	FD_AUTO int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int yes = 1;

	return fd != -1 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes,
	    sizeof(yes)) == 0 && bind(fd, (const struct sockaddr *)&at,
	    sizeof(at)) == -1 && errno == EADDRINUSE;
}

static void
on_signal(void *arg, int signo)
{
	int *wanted = arg;

	if (signo != SIGWINCH)
		*wanted = signo;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static void
look(void *arg)
{
	struct opening *o = arg;

	o->open = is_taken(o->port);
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

	child_argv(&argv, NULL);
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
	while (rc == 0 && !o->open && !o->ended && *o->signo == 0)
		rc = loop_round(&o->loop, e);
	loop_cancel(&o->loop, &o->timer);
	loop_forget(&o->loop, &o->child);
	return rc;
}

int
tunnel_possible(int port, struct error *e)
{
	return is_taken(port) ? error_set(e, "port %d is in use here", port) :
	    0;
}

int
tunnel_open(struct tunnel *t, const struct ssh *ssh, int port, int *signo,
    struct error *e)
{
	struct opening o = { .port = port, .signo = signo };
	struct signals signals = { .taken = on_signal, .pause = nothing,
	    .resume = nothing, .arg = signo };
	int rc;

	t->pid = *signo = 0;
	if (tunnel_possible(port, e) == -1)
		return -1;
	if (loop_init(&o.loop, e) == -1)
		return -1;
	signals_take(&signals, &o.loop);
	rc = start(t, &o, ssh, e);
	if (o.ended)
		t->pid = 0;
	if (rc == -1 || *signo != 0)
		tunnel_close(t);
	signals_give_back(&signals);
	loop_clear(&o.loop);
	if (rc == 0 && *signo != 0)
		return 128 + *signo;
	if (rc == 0 && o.ended)
		return error_set(e, "no tunnel to %s", ssh->host);
	return rc;
}

void
tunnel_close(struct tunnel *t)
{
	if (t->pid == 0)
		return;
	kill(t->pid, SIGTERM);
	while (waitpid(t->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	t->pid = 0;
}

static void
lost(void *arg, int wait_status)
{
	struct holding *h = arg;

	if (WIFSTOPPED(wait_status))
		return;
	h->tunnel->pid = 0;
	h->status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) :
	    WEXITSTATUS(wait_status);
}

int
tunnel_hold(struct tunnel *t, int *signo, struct error *e)
{
	struct loop loop;
	struct holding h = { .tunnel = t };
	struct loop_child child = { .pid = t->pid, .changed = lost, .arg = &h };
	struct signals signals = { .taken = on_signal, .pause = nothing,
	    .resume = nothing, .arg = signo };
	int rc = 0;

	*signo = 0;
	if (loop_init(&loop, e) == -1)
		return -1;
	signals_take(&signals, &loop);
	loop_child(&loop, &child);
	while (rc == 0 && t->pid != 0 && *signo == 0)
		rc = loop_round(&loop, e);
	loop_forget(&loop, &child);
	tunnel_close(t);
	signals_give_back(&signals);
	loop_clear(&loop);
	if (rc == -1)
		return -1;
	return *signo != 0 ? 128 + *signo : h.status;
}
