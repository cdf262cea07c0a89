/* SPDX-License-Identifier: ISC */
#include "container/await.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/strv.h"
#include "run/spinner.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
    SIGCONT };

#define CAUGHT (sizeof(caught) / sizeof(caught[0]))

struct await {
	const struct await_request *request;
	struct loop loop;
	struct waiting waiting;
	struct spinner spinner;
	struct say say;			/* the request's, by way of us */
	struct sigaction before[CAUGHT];
	struct error *error;
	int signo;
	bool failed, settled;
};

/* A message of ours gets the line to itself. */
static void
say_line(void *arg, const char *text)
{
	struct await *a = arg;

	spinner_pause(&a->spinner);
	a->request->say->line(a->request->say->arg, text);
	spinner_resume(&a->spinner);
}

static void
settled(void *arg, size_t i, const char *failure)
{
	struct await *a = arg;

	(void)i;
	a->settled = true;
	a->failed = failure != NULL;
	if (a->failed)
		error_set(a->error, "%s", failure);
}

/* Stop as we were asked to, with nothing of ours on the terminal. */
static void
stop(struct await *a)
{
	spinner_pause(&a->spinner);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	loop_catch(&a->loop, SIGTSTP);
	spinner_resume(&a->spinner);
}

static void
on_signal(void *arg, int signo)
{
	struct await *a = arg;

	if (signo == SIGTSTP)
		stop(a);
	else if (signo != SIGCONT && a->signo == 0)
		a->signo = signo;
}

static void
start_spinner(struct await *a)
{
	const struct await_request *r = a->request;
	MEM_AUTO char *label = NULL;

	if (!r->spinner || !spinner_possible(STDERR_FILENO))
		return;
	label = mem_printf("%s: waiting until it is %s", r->target,
	    waiting_word(r->what));
	spinner_start(&a->spinner, &a->loop, STDERR_FILENO, label, r->color);
}

static int
wait_on_loop(struct await *a, struct error *e)
{
	const struct await_request *r = a->request;
	STRV_AUTO struct strv target = { 0 };
	struct waiting_request request = { .docker = r->docker, .say = &a->say,
	    .what = r->what, .limit = r->limit, .settled = settled, .arg = a };
	int rc;

	strv_push(&target, r->target);
	request.targets = strv_argv(&target);
	start_spinner(a);
	rc = waiting_start(&a->waiting, &a->loop, &request, e);
	while (rc == 0 && !a->settled && a->signo == 0)
		rc = loop_round(&a->loop, e);
	waiting_clear(&a->waiting);
	spinner_clear(&a->spinner);
	return rc == -1 || a->failed ? -1 : 0;
}

int
await_run(const struct await_request *r, int *signo, struct error *e)
{
	struct await a = { .request = r, .say = *r->say, .error = e };
	int rc;

	if (r->say->line != NULL)
		a.say.line = say_line;
	a.say.arg = &a;
	if (loop_init(&a.loop, e) == -1)
		return -1;
	a.loop.on_signal = on_signal;
	a.loop.signal_arg = &a;
	for (size_t i = 0; i < CAUGHT; i++) {
		sigaction(caught[i], NULL, &a.before[i]);
		loop_catch(&a.loop, caught[i]);
	}
	rc = wait_on_loop(&a, e);
	for (size_t i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &a.before[i], NULL);
	loop_clear(&a.loop);
	*signo = a.signo;
	return rc;
}
