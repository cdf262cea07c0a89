/* SPDX-License-Identifier: ISC */
#include "fanout/fanout.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "container/guard.h"
#include "fanout/joblog.h"
#include "fanout/print.h"
#include "fanout/readiness.h"
#include "fanout/resolve.h"
#include "fanout/roster.h"
#include "run/broadcast.h"
#include "run/signals.h"
#include "sweep/procs.h"

#define GUARD_MS	500
#define STUCK_MS	1000	/* nobody reads what is left to be written */

struct fanout {
	const struct fanout_request *request;
	struct loop loop;
	struct signals signals;
	struct say say;
	struct output output;
	struct guard guard;
	struct loop_timer guard_timer, stuck_timer;
	struct broadcast input;
	bool has_input;
	struct joblog log;
	struct procs procs;
	struct job_setup setup;
	struct readiness readiness;
	struct roster all;
	size_t most, running, over, failed, first_waiting;
	bool stopped;			/* start no more */
	bool ended;			/* output_end() has been called */
	bool input_lost;
	bool done;
	int signo;			/* the first that we were sent */
};

static void go_on(struct fanout *f);
static void count_result(struct fanout *f, struct result *r);

static void
say_line(void *arg, const char *text)
{
	struct fanout *f = arg;

	output_line(&f->output, text);
}

static void
show_progress(struct fanout *f)
{
	MEM_AUTO char *text = roster_progress(&f->all, f->over, f->failed);

	output_progress(&f->output, text);
}

/* ---- stopping */

static void
stop(struct fanout *f)
{
	f->stopped = true;
	for (size_t i = 0; i < f->all.n; i++)
		job_drop(&f->all.jobs[i]);
}

static void
signal_all(struct fanout *f, int signo)
{
	for (size_t i = 0; i < f->all.n; i++)
		if (f->all.jobs[i].state == JOB_RUNNING && f->all.jobs[i].live)
			exec_signal(&f->all.jobs[i].exec, signo);
}

/* Nobody reads our output: end everything, and say nothing more. */
static void
break_off(struct fanout *f)
{
	stop(f);
	for (size_t i = 0; i < f->all.n; i++)
		if (f->all.jobs[i].state == JOB_RUNNING && f->all.jobs[i].live)
			exec_broken_pipe(&f->all.jobs[i].exec);
}

static void
on_signal(void *arg, int signo)
{
	struct fanout *f = arg;

	if (signo == SIGWINCH)
		return;
	if (f->signo == 0) {
		f->signo = signo;
		say_note(&f->say, "%s: ending %zu, starting no more",
		    strsignal(signo), f->running);
	}
	stop(f);
	signal_all(f, signo);
	go_on(f);
	if (f->running == 0)
		output_abandon(&f->output);
}

static void
on_pause(void *arg)
{
	struct fanout *f = arg;

	output_pause(&f->output);
}

static void
on_resume(void *arg)
{
	struct fanout *f = arg;

	output_resume(&f->output);
}

static void
halt_if_due(struct fanout *f)
{
	enum halt_when when = halt_decide(&f->request->halt, f->failed,
	    f->all.total);

	if (when == HALT_NEVER || f->stopped)
		return;
	say_note(&f->say, "%zu failed: %s", f->failed, when == HALT_NOW ?
	    "ending what runs" : "starting no more");
	stop(f);
	if (when == HALT_NOW)
		signal_all(f, SIGTERM);
}

/* ---- going on */

static struct job *
next_job(struct fanout *f)
{
	struct job *j;

	while (f->first_waiting < f->all.n &&
	    f->all.jobs[f->first_waiting].state == JOB_OVER)
		f->first_waiting++;
	for (size_t i = f->first_waiting; i < f->all.n; i++) {
		j = &f->all.jobs[i];
		if (j->state == JOB_WAITING && j->due)
			return j;
	}
	return NULL;
}

static bool
any_waiting(const struct fanout *f)
{
	for (size_t i = f->first_waiting; i < f->all.n && !f->stopped; i++)
		if (f->all.jobs[i].state == JOB_WAITING)
			return true;
	return false;
}

static void
release_printed(struct fanout *f)
{
	for (size_t i = 0; i < f->all.n; i++)
		if (f->all.jobs[i].state == JOB_OVER && f->all.jobs[i].live &&
		    f->all.jobs[i].printout.printed)
			job_release(&f->all.jobs[i]);
}

/*
 * What will not be started any more: one that has been tried has failed, one
 * that has not is told of where each has its place.
 */
static void
account_for_rest(struct fanout *f)
{
	struct job *j;

	for (size_t i = 0; i < f->all.n; i++) {
		j = &f->all.jobs[i];
		if (j->state == JOB_OVER)
			continue;
		j->state = JOB_OVER;
		if (j->result.attempts > 0)
			count_result(f, &j->result);
		if (j->result.attempts > 0 ||
		    f->request->style.mode == OUTPUT_JSON)
			output_over(&f->output, &j->printout);
	}
}

/* Start what may be started; see whether all is over, and printed. */
static void
go_on(struct fanout *f)
{
	struct job *j;

	while (!f->stopped && f->running < f->most &&
	    (j = next_job(f)) != NULL) {
		f->running++;
		job_start(j);
	}
	show_progress(f);
	if (f->running > 0 || any_waiting(f))
		return;
	if (!f->ended) {
		f->ended = true;
		account_for_rest(f);
		output_end(&f->output);
	}
	f->done = output_done(&f->output);
	if (f->signo != 0 && !f->stuck_timer.active)
		loop_after(&f->loop, &f->stuck_timer, STUCK_MS);
}

/* Told to end, with nothing running: a reader that does not read can wait. */
static void
stuck(void *arg)
{
	struct fanout *f = arg;

	f->done = true;
}

static void
woken(void *arg)
{
	go_on(arg);
}

static void
log_result(struct fanout *f, const struct result *r)
{
	ERROR_AUTO struct error e = { 0 };

	if (f->request->joblog == NULL || joblog_add(&f->log, r, &e) == 0)
		return;
	say_warning(&f->say, "%s", e.text);
	joblog_close(&f->log);
}

/* In a mode that does not tell of each target by itself, tell what is wrong. */
static void
tell_message(struct fanout *f, const struct result *r)
{
	enum output_mode mode = f->request->style.mode;

	if (r->outcome.message != NULL && mode != OUTPUT_JSON &&
	    mode != OUTPUT_GATHER)
		output_line(&f->output, r->outcome.message);
}

static void
count_result(struct fanout *f, struct result *r)
{
	f->over++;
	r->rank = f->over;
	if (!result_ok(r))
		f->failed++;
	log_result(f, r);
	tell_message(f, r);
}

static void
job_over(void *arg, struct job *j)
{
	struct fanout *f = arg;

	if (j->result.attempts > 0)
		f->running--;
	if (j->state == JOB_OVER) {
		count_result(f, &j->result);
		output_over(&f->output, &j->printout);
		halt_if_due(f);
	}
	release_printed(f);
	go_on(f);
}

static void
output_changed(void *arg)
{
	struct fanout *f = arg;

	if (f->output.broken != 0 && !f->stopped)
		break_off(f);
	release_printed(f);
	if (f->ended)
		f->done = output_done(&f->output);
}

/* ---- beginning */

static void
time_for_guard(void *arg)
{
	struct fanout *f = arg;

	guard_start(&f->guard, f->all.plans, f->all.n);
}

/* What cannot be reached has failed before anything began. */
static void
count_absent(struct fanout *f)
{
	struct absentee *absent;

	for (size_t i = 0; i < f->all.absent_count; i++) {
		absent = &f->all.absent[i];
		count_result(f, &absent->result);
		output_over(&f->output, &absent->printout);
	}
}

static int
open_log(struct fanout *f, struct joblog_past *past, struct error *e)
{
	const struct fanout_request *r = f->request;

	if (r->joblog == NULL)
		return 0;
	if (r->resume && joblog_read(past, r->joblog, r->command, e) == -1)
		return -1;
	return joblog_open(&f->log, r->joblog, r->resume, r->command, e);
}

/* Without what they were to read the commands make no sense. */
static void
input_failed(void *arg, const struct error *e)
{
	struct fanout *f = arg;

	say_warning(&f->say, "%s", e->text);
	f->input_lost = true;
	stop(f);
	signal_all(f, SIGTERM);
	go_on(f);
}

static int
open_input(struct fanout *f, struct error *e)
{
	if (!f->request->options->interactive || f->request->options->detach)
		return 0;
	if (broadcast_open(&f->input, &f->loop, STDIN_FILENO, e) == -1)
		return -1;
	f->has_input = true;
	f->input.failed = input_failed;
	f->input.arg = f;
	f->setup.input = &f->input;
	return 0;
}

static int
prepare(struct fanout *f, struct error *e)
{
	const struct fanout_request *r = f->request;
	struct joblog_past past = { 0 };
	int rc;

	f->say = *r->say;
	f->say.line = say_line;
	f->say.arg = f;
	f->setup = (struct job_setup){ .request = r, .loop = &f->loop,
	    .output = &f->output, .guard = &f->guard, .say = &f->say,
	    .procs = &f->procs, .count = r->resolved->targets.n };
	rc = open_log(f, &past, e);
	if (rc == 0) {
		roster_make(&f->all, &f->setup, &past);
		for (size_t i = 0; i < f->all.n; i++)
			job_notify(&f->all.jobs[i], job_over, woken, f);
		rc = roster_fit(&f->all, r->jobs, &f->most, e);
	}
	joblog_past_clear(&past);
	if (rc == 0)
		rc = output_open(&f->output, &f->loop, &r->style,
		    output_changed, f, e);
	return rc == 0 ? open_input(f, e) : -1;
}

static int
wait_for_all(struct fanout *f, struct error *e)
{
	struct waiting_request like = { .say = &f->say,
	    .what = f->request->wait_for, .limit = f->request->wait_limit };

	return readiness_start(&f->readiness, &f->loop, f->all.jobs, f->all.n,
	    &like, e);
}

static int
run_loop(struct fanout *f, struct error *e)
{
	if (prepare(f, e) == -1)
		return -1;
	guard_open(&f->guard);
	f->guard_timer.fire = time_for_guard;
	f->stuck_timer.fire = stuck;
	f->guard_timer.arg = f->stuck_timer.arg = f;
	if (f->request->reap)
		loop_after(&f->loop, &f->guard_timer, GUARD_MS);
	count_absent(f);
	if (f->request->wait && wait_for_all(f, e) == -1)
		return -1;
	go_on(f);
	while (!f->done)
		if (loop_round(&f->loop, e) == -1)
			return -1;
	return 0;
}

static void
print_summary(struct fanout *f)
{
	MEM_AUTO char *text = summary_text(
	    (const struct result *const *)f->all.results, f->all.total);

	say_note(f->request->say, "%s", text);
}

/* How all of it went. */
static void
conclude(struct fanout *f, struct outcome *o)
{
	const struct fanout_request *r = f->request;

	memset(o, 0, sizeof(*o));
	if (f->output.broken == EPIPE) {
		o->kind = OUTCOME_SIGNAL;
		o->value = SIGPIPE;
	} else if (f->output.broken != 0) {
		o->value = STATUS_FAILED;
		o->message = mem_printf("cannot write the output: %s",
		    strerror(f->output.broken));
	} else if (f->signo != 0) {
		o->kind = OUTCOME_SIGNAL;
		o->value = f->signo;
	} else if (f->input_lost)
		o->value = STATUS_FAILED;
	else
		o->value = exit_policy_status(r->exit,
		    (const struct result *const *)f->all.results,
		    f->all.total);
	if (f->output.broken == 0)
		print_summary(f);
}

static void
clear(struct fanout *f)
{
	readiness_clear(&f->readiness);
	roster_clear(&f->all);
	output_close(&f->output);
	if (f->has_input)
		broadcast_close(&f->input);
	guard_dismiss(&f->guard);
	procs_clear(&f->procs);
	joblog_close(&f->log);
}

int
fanout_run(const struct fanout_request *r, struct outcome *outcome,
    struct error *e)
{
	struct fanout f = { .request = r };
	int rc;

	if (loop_init(&f.loop, e) == -1)
		return -1;
	f.signals = (struct signals){ .taken = on_signal, .pause = on_pause,
	    .resume = on_resume, .arg = &f };
	signals_take(&f.signals, &f.loop);
	rc = run_loop(&f, e);
	signals_give_back(&f.signals);
	if (rc == 0)
		conclude(&f, outcome);
	clear(&f);
	loop_clear(&f.loop);
	return rc;
}
