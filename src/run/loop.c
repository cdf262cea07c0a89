/* SPDX-License-Identifier: ISC */
#include "run/loop.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"

/*
 * The signal flag: the handler writes the signal's number into this pipe, and
 * leaves out what the terminal sends while `deaf` has the signal.
 */
static int signal_pipe[2] = { -1, -1 };
static sigset_t deaf;

static void
handler(int signo, siginfo_t *info, void *context)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;

	(void)context;
	if (info->si_code > 0 && sigismember(&deaf, signo) == 1)
		return;
	/* A full pipe has a byte to wake the loop, which is all we need. */
	if (write(signal_pipe[1], &byte, 1) == -1)
		errno = saved;
	errno = saved;
}

static int
install(int signo, int flags)
{
	struct sigaction sa = { .sa_sigaction = handler };

	sa.sa_flags = SA_SIGINFO | SA_RESTART | flags;
	sigemptyset(&sa.sa_mask);
	return sigaction(signo, &sa, NULL);
}

/* Each call may change the list, so each is followed by a look from the top. */
static void
reap_children(struct loop *loop)
{
	struct loop_child *child;
	int status;

again:
	TAILQ_FOREACH(child, &loop->children, link) {
		if (waitpid(child->pid, &status, WNOHANG | WUNTRACED) <= 0)
			continue;
		if (!WIFSTOPPED(status))
			loop_forget(loop, child);
		child->changed(child->arg, status);
		goto again;
	}
}

static void
take_signals(void *arg, short revents)
{
	struct loop *loop = arg;
	unsigned char bytes[64];
	ssize_t n;
	bool child = false;

	(void)revents;
	n = read(signal_pipe[0], bytes, sizeof(bytes));
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == SIGCHLD)
			child = true;
		else if (loop->on_signal != NULL)
			loop->on_signal(loop->signal_arg, bytes[i]);
	}
	if (child)
		reap_children(loop);
}

int
loop_init(struct loop *loop, struct error *e)
{
	int flags;

	memset(loop, 0, sizeof(*loop));
	TAILQ_INIT(&loop->watches);
	TAILQ_INIT(&loop->timers);
	TAILQ_INIT(&loop->children);
	sigemptyset(&deaf);
	if (file_pipe(signal_pipe, 0) == -1)
		return error_system(e, "cannot make a pipe");
	flags = fcntl(signal_pipe[1], F_GETFL);
	fcntl(signal_pipe[1], F_SETFL, flags | O_NONBLOCK);
	loop->signals.fd = signal_pipe[0];
	loop->signals.events = POLLIN;
	loop->signals.ready = take_signals;
	loop->signals.arg = loop;
	loop_watch(loop, &loop->signals);
	if (install(SIGCHLD, 0) == -1)
		return error_system(e, "cannot catch signals");
	return 0;
}

void
loop_clear(struct loop *loop)
{
	signal(SIGCHLD, SIG_DFL);
	file_close(&signal_pipe[0]);
	file_close(&signal_pipe[1]);
	free(loop->set);
	free(loop->set_watch);
	memset(loop, 0, sizeof(*loop));
}

int
loop_catch(struct loop *loop, int signo)
{
	struct sigaction old;

	(void)loop;
	if (sigaction(signo, NULL, &old) == -1)
		return -1;
	if (old.sa_handler == SIG_IGN) {
		if (signo == SIGHUP)
			return 0;
		sigaddset(&deaf, signo);
	}
	return install(signo, 0);
}

void
loop_watch(struct loop *loop, struct loop_watch *w)
{
	if (w->active)
		return;
	w->active = true;
	w->slot = SIZE_MAX;
	TAILQ_INSERT_TAIL(&loop->watches, w, link);
}

void
loop_unwatch(struct loop *loop, struct loop_watch *w)
{
	if (!w->active)
		return;
	w->active = false;
	if (w->slot < loop->set_used)
		loop->set_watch[w->slot] = NULL;
	TAILQ_REMOVE(&loop->watches, w, link);
}

/* Timers stay in order of time, so that the first is the next. */
void
loop_at(struct loop *loop, struct loop_timer *t, int64_t at)
{
	struct loop_timer *other;

	loop_cancel(loop, t);
	t->at = at;
	t->active = true;
	TAILQ_FOREACH(other, &loop->timers, link) {
		if (other->at > at) {
			TAILQ_INSERT_BEFORE(other, t, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&loop->timers, t, link);
}

void
loop_after(struct loop *loop, struct loop_timer *t, int64_t ms)
{
	loop_at(loop, t, clock_now() + ms);
}

void
loop_cancel(struct loop *loop, struct loop_timer *t)
{
	if (!t->active)
		return;
	t->active = false;
	TAILQ_REMOVE(&loop->timers, t, link);
}

void
loop_child(struct loop *loop, struct loop_child *child)
{
	if (child->active)
		return;
	child->active = true;
	TAILQ_INSERT_TAIL(&loop->children, child, link);
}

void
loop_forget(struct loop *loop, struct loop_child *child)
{
	if (!child->active)
		return;
	child->active = false;
	TAILQ_REMOVE(&loop->children, child, link);
}

static int
next_timeout(const struct loop *loop)
{
	const struct loop_timer *first = TAILQ_FIRST(&loop->timers);
	int64_t left;

	if (first == NULL)
		return -1;
	left = first->at - clock_now();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void
fill_set(struct loop *loop)
{
	struct loop_watch *w;
	size_t n = 0;

	TAILQ_FOREACH(w, &loop->watches, link) {
		if (n == loop->set_room) {
			loop->set_room = n > 0 ? n * 2 : 16;
			loop->set = mem_grow(loop->set, loop->set_room,
			    sizeof(*loop->set));
			loop->set_watch = mem_grow(loop->set_watch,
			    loop->set_room, sizeof(*loop->set_watch));
		}
		loop->set[n] = (struct pollfd){ w->fd, w->events, 0 };
		loop->set_watch[n] = w;
		w->slot = n++;
	}
	loop->set_used = n;
}

static void
call_watches(struct loop *loop)
{
	struct loop_watch *w;

	for (size_t i = 0; i < loop->set_used; i++) {
		w = loop->set_watch[i];
		if (w == NULL || loop->set[i].revents == 0)
			continue;
		w->ready(w->arg, loop->set[i].revents);
	}
	loop->set_used = 0;
}

static void
call_timers(struct loop *loop)
{
	int64_t now = clock_now();
	struct loop_timer *t;

	while ((t = TAILQ_FIRST(&loop->timers)) != NULL && t->at <= now) {
		loop_cancel(loop, t);
		t->fire(t->arg);
	}
}

int
loop_round(struct loop *loop, struct error *e)
{
	int ready;

	fill_set(loop);
	ready = poll(loop->set, loop->set_used, next_timeout(loop));
	if (ready == -1 && errno != EINTR)
		return error_system(e, "poll");
	if (ready > 0)
		call_watches(loop);
	call_timers(loop);
	return 0;
}
