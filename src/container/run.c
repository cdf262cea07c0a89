/* SPDX-License-Identifier: ISC */
/* exec_run(): one command as the whole business of this process. */
#include "container/exec.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
    SIGCONT, SIGWINCH };

#define CAUGHT (sizeof(caught) / sizeof(caught[0]))

struct run {
	struct loop loop;
	struct exec exec;
	struct sigaction before[CAUGHT];
	bool finished;
};

static void
finished(void *arg)
{
	struct run *run = arg;

	run->finished = true;
}

/* Stop as we were asked to, with nothing of ours on the terminal. */
static void
stop(struct run *run)
{
	exec_pause(&run->exec);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	loop_catch(&run->loop, SIGTSTP);
	exec_resume(&run->exec);
}

static void
on_signal(void *arg, int signo)
{
	struct run *run = arg;

	if (signo == SIGTSTP)
		stop(run);
	else if (signo != SIGCONT)
		exec_signal(&run->exec, signo);
}

static int
run_loop(struct run *run, const struct exec_request *r, struct error *e)
{
	for (size_t i = 0; i < CAUGHT; i++) {
		sigaction(caught[i], NULL, &run->before[i]);
		loop_catch(&run->loop, caught[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	run->loop.on_signal = on_signal;
	run->loop.signal_arg = run;
	if (exec_start(&run->exec, &run->loop, r, finished, run, e) == -1)
		return -1;
	while (!run->finished)
		if (loop_round(&run->loop, e) == -1)
			return -1;
	return 0;
}

int
exec_run(const struct exec_request *r, struct outcome *outcome,
    struct error *e)
{
	struct run run = { 0 };
	int rc;

	if (loop_init(&run.loop, e) == -1)
		return -1;
	rc = run_loop(&run, r, e);
	for (size_t i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &run.before[i], NULL);
	if (rc == 0) {
		exec_replay(&run.exec);
		*outcome = run.exec.outcome;
		memset(&run.exec.outcome, 0, sizeof(run.exec.outcome));
	}
	exec_clear(&run.exec);
	loop_clear(&run.loop);
	return rc;
}
