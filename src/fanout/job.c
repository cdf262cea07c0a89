/* SPDX-License-Identifier: ISC */
#include "fanout/job.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/archive.h"
#include "fanout/engines.h"
#include "fanout/print.h"
#include "fanout/resolve.h"

#define AGAIN_MS	250	/* before the first retry; doubled each time */
#define AGAIN_MOST_MS	8000

static void settle(void *arg);

static int64_t
wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
again(void *arg)
{
	job_wake(arg);
}

void
job_environment(struct strv *env, const struct target *t, size_t number,
    size_t count)
{
	strv_pushf(env, "DEXEC_NAME=%s", t->name);
	strv_pushf(env, "DEXEC_INDEX=%zu", number);
	strv_pushf(env, "DEXEC_COUNT=%zu", count);
}

void
job_init(struct job *j, const struct job_setup *setup,
    const struct target *t, size_t index, size_t number)
{
	const struct fanout_request *r = setup->request;

	memset(j, 0, sizeof(*j));
	j->setup = setup;
	j->due = true;
	j->again.fire = again;
	j->settled.fire = settle;
	j->again.arg = j->settled.arg = j;
	j->result = (struct result){ .name = t->name, .id = t->id,
	    .context = t->context, .index = index, .number = number };
	j->printout.result = &j->result;
	j->plan = (struct plan){ .options = r->options, .target = t->id,
	    .name = t->name, .command = r->command,
	    .docker = &engines_named(&r->resolved->engines,
	    t->context)->docker, .procs = setup->procs };
	job_environment(&j->env, t, number, setup->count);
	j->plan.env = strv_argv(&j->env);
	if (r->reap)
		plan_mark(&j->plan, j->cookie);
}

void
job_notify(struct job *j, void (*over)(void *arg, struct job *),
    void (*woken)(void *arg), void *arg)
{
	j->over = over;
	j->woken = woken;
	j->arg = arg;
}

static void
clear_exec(struct job *j)
{
	receiver_clear(&j->receiver);
	if (j->live)
		exec_clear(&j->exec);
	j->live = false;
}

/* The outcome is the exec's until it is ours. */
static void
take_outcome(struct job *j)
{
	outcome_clear(&j->result.outcome);
	j->result.outcome = j->exec.outcome;
	memset(&j->exec.outcome, 0, sizeof(j->exec.outcome));
	j->result.timed_out = j->exec.ending.cause == ENDING_TIMEOUT;
	j->result.received = j->exec.streams.out.bytes;
	j->result.spool = j->exec.streams.buffered ?
	    &j->exec.streams.spool : NULL;
}

/* Surely nothing of it has run. */
static bool
never_began(const struct job *j)
{
	const struct outcome *o = &j->result.outcome;

	return o->finding == FINDING_CONTAINER || o->finding == FINDING_ENGINE;
}

static bool
is_to_be_retried(const struct job *j)
{
	return never_began(j) && j->exec.ending.cause == ENDING_NONE &&
	    !j->dropped &&
	    j->result.attempts <= (unsigned)j->setup->request->retries;
}

static void
try_later(struct job *j)
{
	int64_t pause = AGAIN_MS;

	for (unsigned i = 1; i < j->result.attempts && pause < AGAIN_MOST_MS;
	    i++)
		pause *= 2;
	clear_exec(j);
	j->result.spool = NULL;
	j->state = JOB_WAITING;
	j->due = false;
	loop_after(j->setup->loop, &j->again, pause);
	j->over(j->arg, j);
}

static void
finish(struct job *j)
{
	j->state = JOB_OVER;
	j->result.elapsed = clock_now() - j->begun;
	j->over(j->arg, j);
}

static bool
may_use_archive(const struct job *j)
{
	const struct outcome *o = &j->result.outcome;

	return j->setup->request->archive != ARCHIVE_NONE &&
	    !j->from_outside && !j->dropped &&
	    (o->finding == FINDING_NOT_FOUND || o->stopped);
}

static void run(struct job *j);

/* The image lacks the program, or does not run: the same from outside. */
static void
run_archive(struct job *j)
{
	const struct fanout_request *r = j->setup->request;

	clear_exec(j);
	archive_argv(&j->plan, r->archive, r->words, j->setup->say->verbose,
	    &j->helper);
	j->plan.client = strv_argv(&j->helper);
	j->plan.options = &j->outside;
	j->plan.cookie = NULL;
	j->from_outside = true;
	run(j);
}

static void
settle(void *arg)
{
	struct job *j = arg;

	take_outcome(j);
	if (may_use_archive(j))
		run_archive(j);
	else if (is_to_be_retried(j))
		try_later(j);
	else
		finish(j);
}

/* The exec is still on the stack: what comes next is not for now. */
static void
finished(void *arg)
{
	struct job *j = arg;

	loop_after(j->setup->loop, &j->settled, 0);
}

/* Not even docker could be started. */
static void
fail(struct job *j, struct error *e)
{
	struct outcome *o = &j->result.outcome;

	outcome_clear(o);
	o->kind = OUTCOME_STATUS;
	o->value = e->status;
	o->finding = FINDING_ENGINE;
	o->message = mem_printf("%s: %s", j->result.name, e->text);
	error_clear(e);
	finish(j);
}

static int
start_exec(struct job *j, struct error *e)
{
	const struct job_setup *s = j->setup;
	struct routes *routes = &j->request.routes;
	int input = STDIN_FILENO, rc;

	j->request = (struct exec_request){ .plan = &j->plan, .say = s->say,
	    .routes = ROUTES_OURS, .guard = s->guard,
	    .which = j->result.index,
	    .warm = j->from_outside ? NULL : s->request->warm,
	    .timeout = s->request->timeout,
	    .kill_after = s->request->kill_after };
	if (output_routes(s->output, &j->printout, routes, e) == -1)
		return -1;
	if (s->input != NULL && !j->from_outside)
		input = broadcast_join(s->input, &j->receiver, e);
	if (input == -1)
		return -1;
	routes->fd[STDIN_FILENO] = input;
	routes->own_input = input != STDIN_FILENO;
	j->live = true;
	rc = exec_start(&j->exec, s->loop, &j->request, finished, j, e);
	if (input > STDERR_FILENO)
		file_close(&input);
	return rc;
}

static void
run(struct job *j)
{
	struct error e = { 0 };

	if (start_exec(j, &e) == -1)
		fail(j, &e);
}

void
job_start(struct job *j)
{
	j->state = JOB_RUNNING;
	j->result.started = true;
	j->result.attempts++;
	j->begun = clock_now();
	j->result.start = wall_clock();
	run(j);
}

void
job_wake(struct job *j)
{
	j->due = true;
	j->woken(j->arg);
}

void
job_refuse(struct job *j, const char *why)
{
	struct outcome *o = &j->result.outcome;

	j->result.started = true;
	o->kind = OUTCOME_STATUS;
	o->value = STATUS_FAILED;
	o->finding = FINDING_CONTAINER;
	o->message = mem_dup(why);
	j->state = JOB_OVER;
	j->over(j->arg, j);
}

void
job_drop(struct job *j)
{
	j->dropped = true;
	loop_cancel(j->setup->loop, &j->again);
}

void
job_release(struct job *j)
{
	clear_exec(j);
	j->result.spool = NULL;
}

void
job_clear(struct job *j)
{
	if (j->setup == NULL)
		return;
	loop_cancel(j->setup->loop, &j->again);
	loop_cancel(j->setup->loop, &j->settled);
	printout_clear(&j->printout);
	clear_exec(j);
	result_clear(&j->result);
	strv_clear(&j->env);
	strv_clear(&j->helper);
	j->setup = NULL;
}
