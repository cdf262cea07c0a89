/* SPDX-License-Identifier: ISC */
#include "run/foreground.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "run/loop.h"
#include "run/signals.h"
#include "run/spawn.h"
#include "run/tty.h"

struct foreground {
	struct loop_child child;
	int wait_status, asked;
	bool ended;
};

static void
changed(void *arg, int wait_status)
{
	struct foreground *f = arg;

	if (WIFSTOPPED(wait_status))
		return;
	f->wait_status = wait_status;
	f->ended = true;
}

/* It has come from a terminal's keys, which the program has felt too. */
static bool
was_typed(int signo)
{
	if (signo != SIGINT && signo != SIGQUIT)
		return false;
	for (int fd = 0; fd <= 2; fd++)
		if (isatty(fd) && tty_foreground(fd))
			return true;
	return false;
}

static void
on_signal(void *arg, int signo)
{
	struct foreground *f = arg;

	if (signo == SIGWINCH)
		return;
	f->asked = signo;
	if (!f->ended && !was_typed(signo))
		kill(f->child.pid, signo);
}

static void
nothing(void *arg)
{
	(void)arg;
}

static int
wait_for(struct foreground *f, struct loop *loop, const struct spawn *s,
    struct error *e)
{
	struct signals signals = { .taken = on_signal, .pause = nothing,
	    .resume = nothing, .arg = f };
	int rc = 0;

	signals_take(&signals, loop);
	f->child.pid = spawn_start(s, e);
	if (f->child.pid == -1) {
		rc = -1;
	} else {
		f->child.changed = changed;
		f->child.arg = f;
		loop_child(loop, &f->child);
	}
	while (rc == 0 && !f->ended)
		rc = loop_round(loop, e);
	signals_give_back(&signals);
	return rc;
}

/* ERRNUM says why the program could not be run. */
static void
set_status(struct error *e, int errnum)
{
	e->status = errnum == ENOENT ? STATUS_NOT_FOUND :
	    errnum == EACCES || errnum == E2BIG ? STATUS_NOT_INVOKED :
	    STATUS_FAILED;
}

int
foreground_run_asked(const struct spawn *s, int *wait_status, int *asked,
    struct error *e)
{
	struct foreground f = { .ended = false };
	struct loop loop;
	int rc;

	if (loop_init(&loop, e) == -1)
		return -1;
	errno = 0;
	rc = wait_for(&f, &loop, s, e);
	if (rc == -1)
		set_status(e, errno);
	loop_clear(&loop);
	*wait_status = f.wait_status;
	*asked = f.asked;
	return rc;
}

int
foreground_run(const struct spawn *s, int *wait_status, struct error *e)
{
	int asked;

	return foreground_run_asked(s, wait_status, &asked, e);
}

int
foreground_call(const struct spawn *s, int *signo, struct error *e)
{
	int wait_status;

	if (foreground_run(s, &wait_status, e) == -1)
		return -1;
	if (!WIFSIGNALED(wait_status))
		return WEXITSTATUS(wait_status);
	*signo = WTERMSIG(wait_status);
	return 128 + *signo;
}

int
foreground_become(char *const *argv, char *const *env, struct error *e)
{
	MEM_AUTO char *shown = text_printable(argv[0], 200);
	int errnum;

	for (; env != NULL && *env != NULL; env++)
		putenv(*env);
	execvp(argv[0], argv);
	errnum = errno;
	error_system(e, "cannot run %s", shown);
	set_status(e, errnum);
	return -1;
}
