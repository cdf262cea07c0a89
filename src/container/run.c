/* SPDX-License-Identifier: ISC */
/* exec_run(): one exec as all that this process does. */
#include "container/exec.h"

#include <string.h>

#include "base/error.h"
#include "run/signals.h"

static void
finished(void *arg)
{
	*(bool *)arg = true;
}

static void
on_signal(void *arg, int signo)
{
	exec_signal(arg, signo);
}

static void
on_pause(void *arg)
{
	exec_pause(arg);
}

static void
on_resume(void *arg)
{
	exec_resume(arg);
}

static int
run_loop(struct exec *x, struct loop *loop, const struct exec_request *r,
    struct error *e)
{
	bool done = false;

	if (exec_start(x, loop, r, finished, &done, e) == -1)
		return -1;
	while (!done)
		if (loop_round(loop, e) == -1)
			return -1;
	return 0;
}

int
exec_run(const struct exec_request *r, struct outcome *outcome,
    struct error *e)
{
	struct exec x = { 0 };
	struct signals signals = { .taken = on_signal, .pause = on_pause,
	    .resume = on_resume, .arg = &x };
	struct loop loop;
	int rc;

	if (loop_init(&loop, e) == -1)
		return -1;
	signals_take(&signals, &loop);
	rc = run_loop(&x, &loop, r, e);
	signals_give_back(&signals);
	if (rc == 0) {
		exec_replay(&x);
		*outcome = x.outcome;
		memset(&x.outcome, 0, sizeof(x.outcome));
	}
	exec_clear(&x);
	loop_clear(&loop);
	return rc;
}
