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
#include "base/say.h"
#include "container/reap.h"
#include "run/loop.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

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

/* Keep only FD and HANDLE: no output of ours shall be held open by a guard. */
static void
let_go_of_files(int fd, int handle)
{
	int null = open("/dev/null", O_RDWR);
	int last = fd > handle ? fd : handle;

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	for (int i = 3; i < last; i++)
		if (i != fd && i != handle)
			close(i);
	closefrom(last + 1);
}

/* True when the pipe was closed without a word. */
static bool
wait_for_end(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n == -1 && errno == EINTR);
	return n == 0;
}

static void
finished(void *arg)
{
	*(bool *)arg = true;
}

static void
sweep(const struct plan *plan)
{
	struct say nobody = { 0 };
	struct reap reap = { 0 };
	struct error e = { 0 };
	struct loop loop;
	bool done = false;

	if (loop_init(&loop, &e) == -1)
		return;
	reap_start(&reap, &loop, plan, &nobody, SIGTERM, REAP_FINISH, finished,
	    &done);
	while (!done && loop_round(&loop, &e) == 0)
		continue;
	reap_clear(&reap);
	loop_clear(&loop);
	error_clear(&e);
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
watch_over(const struct plan *plan, int fd, int handle)
{
	setsid();
	reset_signals();
	let_go_of_files(fd, handle);
	if (wait_for_end(fd)) {
		sweep(plan);
		kill_client(handle);
	}
	_exit(0);
}

void
guard_start(struct guard *g, const struct plan *plan, pid_t client)
{
	int ends[2], handle;

	g->pipe = -1;
	if (file_pipe(ends, -1) == -1)
		return;
	handle = open_client(client);
	g->pid = fork();
	if (g->pid == 0) {
		close(ends[1]);
		watch_over(plan, ends[0], handle);
	}
	file_close(&handle);
	file_close(&ends[0]);
	g->pipe = ends[1];
	if (g->pid == -1)
		file_close(&g->pipe);
}

void
guard_dismiss(struct guard *g)
{
	if (g->pipe == -1)
		return;
	file_write(g->pipe, "", 1);
	file_close(&g->pipe);
	while (waitpid(g->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}
