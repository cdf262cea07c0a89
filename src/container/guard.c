/* SPDX-License-Identifier: ISC */
#include "container/guard.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/say.h"
#include "container/reap.h"
#include "run/loop.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

#define OWN_MS		500	/* before one is worth its start */

/* Sweeps at a time. */
#define MOST_SWEEPS	16

/* For docker's end behind its command's; it may have a terminal to restore. */
#define CLIENT_MS	2000

/* What goes through the pipe, in one write and one read. */
struct note {
	int which;		/* ALL_IS_WELL: no more is coming */
	int client;		/* 0: it is over */
};

#define ALL_IS_WELL	(-1)

/* What is watched over. */
struct ward {
	const struct plan *plan;
	bool running;
	int client;		/* a handle, or -1 */
	struct reap reap;
	struct loop_watch ended;	/* the client */
	struct loop_timer patience;	/* with it */
	struct watch *watch;
};

struct watch {
	struct ward *wards;
	size_t n, next, sweeping;
	struct loop loop;
	struct say nobody;
};

static void sweep_more(struct watch *w);

/* A handle on CLIENT that no other process can inherit with its number. */
static int
open_client(pid_t client)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, client, 0);
#else
	(void)client;
	return -1;
#endif
}

static void
kill_client(int handle)
{
#ifdef SYS_pidfd_send_signal
	if (handle != -1)
		syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0);
#else
	(void)handle;
#endif
}

/* Keep only FD: no output of ours shall be held open by a guard. */
static void
let_go_of_files(int fd)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	for (int i = 3; i < fd; i++)
		close(i);
	closefrom(fd + 1);
}

static void
take_note(struct watch *w, const struct note *note)
{
	struct ward *ward;

	if (note->which < 0 || (size_t)note->which >= w->n)
		return;
	ward = &w->wards[note->which];
	file_close(&ward->client);
	ward->running = note->client > 0;
	if (ward->running)
		ward->client = open_client(note->client);
}

/* True when the pipe was closed without a word. */
static bool
wait_for_end(struct watch *w, int fd)
{
	struct note note;
	ssize_t n;

	for (;;) {
		n = read(fd, &note, sizeof(note));
		if (n == -1 && errno == EINTR)
			continue;
		if (n != sizeof(note))
			return n == 0;
		if (note.which == ALL_IS_WELL)
			return false;
		take_note(w, &note);
	}
}

static void
over(struct ward *ward)
{
	loop_unwatch(&ward->watch->loop, &ward->ended);
	loop_cancel(&ward->watch->loop, &ward->patience);
	kill_client(ward->client);
	ward->watch->sweeping--;
	sweep_more(ward->watch);
}

static void
client_ended(void *arg, short revents)
{
	(void)revents;
	over(arg);
}

static void
waited_enough(void *arg)
{
	over(arg);
}

static void
swept(void *arg)
{
	struct ward *ward = arg;

	if (ward->client == -1 || ward->reap.hit == 0 || ward->reap.left > 0) {
		over(ward);
		return;
	}
	ward->ended = (struct loop_watch){ .fd = ward->client,
	    .events = POLLIN, .ready = client_ended, .arg = ward };
	ward->patience = (struct loop_timer){ .fire = waited_enough,
	    .arg = ward };
	loop_watch(&ward->watch->loop, &ward->ended);
	loop_after(&ward->watch->loop, &ward->patience, CLIENT_MS);
}

static void
sweep_more(struct watch *w)
{
	struct ward *ward;

	while (w->next < w->n && w->sweeping < MOST_SWEEPS) {
		ward = &w->wards[w->next++];
		if (!ward->running)
			continue;
		w->sweeping++;
		reap_start(&ward->reap, &w->loop, ward->plan, &w->nobody,
		    SIGTERM, REAP_FINISH, swept, ward);
	}
}

static void
sweep_all(struct watch *w)
{
	struct error e = { 0 };

	if (loop_init(&w->loop, &e) == -1)
		return;
	sweep_more(w);
	while (w->sweeping > 0 && loop_round(&w->loop, &e) == 0)
		continue;
}

/* Signals that a parent's handlers would have put into a pipe of its own. */
static void
reset_signals(void)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
	    SIGTSTP, SIGCONT, SIGWINCH, SIGCHLD };

	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		signal(caught[i], SIG_DFL);
}

static void
watch_over(const struct plan *const *plans, size_t n, int fd)
{
	struct watch w = { .wards = mem_zero(n, sizeof(*w.wards)), .n = n };

	setsid();
	reset_signals();
	let_go_of_files(fd);
	for (size_t i = 0; i < n; i++)
		w.wards[i] = (struct ward){ .plan = plans[i], .client = -1,
		    .watch = &w };
	if (wait_for_end(&w, fd))
		sweep_all(&w);
	_exit(0);
}

static void
send_note(struct guard *g, int which, int client)
{
	struct note note = { which, client };

	if (g->open && file_write(g->ends[1], &note, sizeof(note)) == -1)
		file_close(&g->ends[1]);
}

void
guard_open(struct guard *g)
{
	g->pid = 0;
	g->open = file_pipe(g->ends, -1) == 0;
}

void
guard_begin(struct guard *g, size_t which, pid_t client)
{
	send_note(g, (int)which, (int)client);
}

void
guard_end(struct guard *g, size_t which)
{
	send_note(g, (int)which, 0);
}

void
guard_start(struct guard *g, const struct plan *const *plans, size_t n)
{
	if (!g->open)
		return;
	g->pid = fork();
	if (g->pid == 0) {
		close(g->ends[1]);
		watch_over(plans, n, g->ends[0]);
	}
	file_close(&g->ends[0]);
	if (g->pid == -1)
		guard_dismiss(g);
}

void
guard_dismiss(struct guard *g)
{
	if (!g->open)
		return;
	if (g->pid > 0)
		send_note(g, ALL_IS_WELL, 0);
	g->open = false;
	file_close(&g->ends[0]);
	file_close(&g->ends[1]);
	while (g->pid > 0 && waitpid(g->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	g->pid = 0;
}

static void
start_own(void *arg)
{
	struct guarded *g = arg;

	guard_open(&g->own);
	guard_begin(&g->own, 0, g->client);
	guard_start(&g->own, &g->plan, 1);
}

void
guarded_begin(struct guarded *g, struct loop *loop, const struct plan *plan,
    struct guard *many, size_t which, pid_t client)
{
	if (plan->cookie == NULL)
		return;
	*g = (struct guarded){ .many = many, .which = which, .plan = plan,
	    .client = client, .loop = loop };
	g->timer.fire = start_own;
	g->timer.arg = g;
	if (many != NULL)
		guard_begin(many, which, client);
	else
		loop_after(loop, &g->timer, OWN_MS);
}

void
guarded_rest(struct guarded *g)
{
	if (g->loop != NULL)
		loop_cancel(g->loop, &g->timer);
}

void
guarded_end(struct guarded *g)
{
	if (g->loop == NULL)
		return;
	guarded_rest(g);
	guard_dismiss(&g->own);
	if (g->many != NULL)
		guard_end(g->many, g->which);
	g->loop = NULL;
}
