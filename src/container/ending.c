/* SPDX-License-Identifier: ISC */
#include "container/ending.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"

#define RETRY_MS	60	/* the command may be about to start */
#define PIPE_GRACE_MS	150
#define HOOK_MS		1500	/* for the hook's answer; docker knows why then */
#define ANSWER_MS	10000	/* for a sweep's answer, on a loaded machine */
#define DIE_MS		2000	/* for the client's end behind a KILL */
#define MOST_FAILURES	3

static void sweep_next(struct ending *en);

static bool
was_sent(const struct ending *en, int signo)
{
	return (en->sent & UINT64_C(1) << signo) != 0;
}

static void
signal_client(const struct ending *en, int signo)
{
	if (en->client_runs)
		en->hooks.signal(en->hooks.arg, signo);
}

/* Nothing more can be done inside; let go of the client at least. */
static void
give_up(struct ending *en, const char *why)
{
	MEM_AUTO char *target = plan_shown(en->plan);

	if (en->trouble == NULL)
		en->trouble = mem_printf("%s: cannot end the command: %s",
		    target, why);
	loop_cancel(en->loop, &en->retry_timer);
	signal_client(en, SIGKILL);
}

static void
give_up_paused(struct ending *en)
{
	give_up(en, en->reap.hit == 0 ? "the container is paused" :
	    "the container is paused (it gets the signal when that goes on)");
}

static void
finish_done(struct ending *en)
{
	loop_cancel(en->loop, &en->give_up_timer);
	en->finishing = false;
	en->finished(en->arg);
}

static void
waited_enough(void *arg)
{
	struct ending *en = arg;

	if (en->finishing) {
		reap_clear(&en->reap);
		give_up(en, "the engine does not answer");
		finish_done(en);
		return;
	}
	if (was_sent(en, SIGKILL))
		give_up(en, "it does not end, not even by KILL");
	else if (en->plan->cookie != NULL && (!en->answered || en->sent != 0))
		give_up(en, "the engine does not answer");
	else
		give_up(en, "it was not found in the container");
}

/* A sweep found nothing, or could not be made: once more, a little later. */
static void
try_again(struct ending *en, int signo)
{
	if (!en->client_runs || en->wanted != 0)
		return;
	en->wanted = signo;
	loop_after(en->loop, &en->retry_timer, RETRY_MS);
}

static void
judge_sweep(struct ending *en)
{
	switch (en->reap.problem) {
	case REAP_FINE:
		en->failures = 0;
		if (en->reap.hit == 0 && en->sent == 0)
			try_again(en, en->reap.signo);
		else if (en->reap.left == 0 && en->client_runs)
			en->hooks.all_dead(en->hooks.arg);
		return;
	case REAP_GONE:
		return;
	case REAP_PAUSED:
		give_up_paused(en);
		return;
	case REAP_NO_SHELL:
		give_up(en, "there is no shell in the container");
		return;
	case REAP_FAILED:
		if (++en->failures < MOST_FAILURES)
			try_again(en, en->reap.signo);
		else
			give_up(en, "docker cannot reach it");
		return;
	}
}

/* KILL is wanted: it may take a while yet, for there is progress. */
static void
more_patience(struct ending *en)
{
	if (!en->give_up_timer.active || en->reap.problem != REAP_FINE ||
	    was_sent(en, SIGKILL))
		return;
	if (en->reap.signo != SIGKILL)
		loop_after(en->loop, &en->give_up_timer, ANSWER_MS);
	else if (en->reap.hit > 0)
		loop_after(en->loop, &en->give_up_timer, DIE_MS);
}

static void
swept(void *arg)
{
	struct ending *en = arg;

	en->answered |= en->reap.problem == REAP_FINE;
	en->clean = en->reap.problem == REAP_FINE && en->reap.hit > 0 &&
	    en->reap.left == 0;
	if (!en->finishing)
		more_patience(en);
	if (en->reap.hit > 0 && en->reap.asked != REAP_FINISH)
		en->sent |= UINT64_C(1) << en->reap.signo;
	if (!en->finishing) {
		judge_sweep(en);
		if (!en->retry_timer.active)
			sweep_next(en);
		return;
	}
	/* An engine may call paused what it is removing. */
	if (en->reap.problem == REAP_PAUSED && en->failures++ < MOST_FAILURES) {
		en->wanted = en->reap.signo;
		loop_after(en->loop, &en->retry_timer, RETRY_MS);
		return;
	}
	/* Often this sweep was under way when docker ended, because of it. */
	if (en->wanted == 0 || en->clean) {
		if (en->reap.problem == REAP_PAUSED)
			give_up_paused(en);
		finish_done(en);
		return;
	}
	sweep_next(en);
}

static void
sweep_next(struct ending *en)
{
	enum reap_mode mode = en->finishing ? REAP_FINISH : REAP_FOLLOW;
	int signo = en->wanted;

	if (signo == 0 || en->sweeping || reap_running(&en->reap))
		return;
	en->wanted = 0;
	en->sweeping = !en->hook_deaf &&
	    en->hooks.sweep(en->hooks.arg, signo, mode);
	if (en->sweeping) {
		reap_clear(&en->reap);
		en->reap.signo = signo;
		en->reap.asked = mode;
		loop_after(en->loop, &en->hook_timer, HOOK_MS);
	} else
		reap_start(&en->reap, en->loop, en->plan, en->say, signo, mode,
		    swept, en);
}

/* What it may still answer would be taken for another sweep's. */
static void
hook_is_late(void *arg)
{
	struct ending *en = arg;

	en->hook_deaf = true;
	en->sweeping = false;
	if (en->wanted == 0)
		en->wanted = en->reap.signo;
	sweep_next(en);
}

static void
hook_answered(struct ending *en)
{
	en->sweeping = false;
	loop_cancel(en->loop, &en->hook_timer);
}

void
ending_swept(struct ending *en, int hit, int left)
{
	if (!en->sweeping)
		return;
	hook_answered(en);
	en->reap.hit = hit;
	en->reap.left = left;
	swept(en);
}

void
ending_not_swept(struct ending *en)
{
	if (!en->sweeping)
		return;
	hook_answered(en);
	en->reap.problem = REAP_FAILED;
	swept(en);
}

static void
retry(void *arg)
{
	sweep_next(arg);
}

/* Send SIGNO to the tree, as soon as a sweep under way is over. */
static void
want(struct ending *en, int signo)
{
	if (en->plan->cookie == NULL) {
		signal_client(en, signo);
		return;
	}
	en->wanted = signo;
	loop_cancel(en->loop, &en->retry_timer);
	sweep_next(en);
}

static void
kill_now(void *arg)
{
	struct ending *en = arg;

	loop_cancel(en->loop, &en->kill_timer);
	loop_cancel(en->loop, &en->term_timer);
	en->level = 3;
	want(en, SIGKILL);
	if (!en->give_up_timer.active)
		loop_after(en->loop, &en->give_up_timer, ANSWER_MS);
}

static void
term_now(void *arg)
{
	want(arg, SIGTERM);
}

/* The first to come is the cause; all of them push. */
static void
push(struct ending *en, enum ending_cause cause, int signo)
{
	if (en->finishing)
		return;
	if (en->cause == ENDING_NONE)
		en->cause = cause;
	if (!en->client_runs)
		return;
	en->level++;
	if (en->level == 1 && en->kill_after > 0)
		loop_after(en->loop, &en->kill_timer, en->kill_after);
	if (en->level >= 3)
		kill_now(en);
	else
		want(en, en->level == 1 ? signo : SIGTERM);
}

void
ending_by_signal(struct ending *en, int signo)
{
	if (en->first_signal == 0)
		en->first_signal = signo;
	push(en, ENDING_SIGNAL, signo);
}

void
ending_by_timeout(struct ending *en)
{
	if (en->cause == ENDING_NONE)
		push(en, ENDING_TIMEOUT, SIGTERM);
}

void
ending_by_broken_pipe(struct ending *en)
{
	if (en->cause != ENDING_NONE)
		return;
	push(en, ENDING_BROKEN_PIPE, SIGPIPE);
	loop_after(en->loop, &en->term_timer, PIPE_GRACE_MS);
}

void
ending_by_write_error(struct ending *en)
{
	if (en->cause == ENDING_NONE)
		push(en, ENDING_WRITE_ERROR, SIGTERM);
}

void
ending_init(struct ending *en, struct loop *loop, const struct plan *plan,
    const struct say *say, const struct ending_hooks *hooks,
    int64_t kill_after)
{
	memset(en, 0, sizeof(*en));
	en->hooks = *hooks;
	en->loop = loop;
	en->plan = plan;
	en->say = say;
	en->kill_after = kill_after;
	en->kill_timer.fire = kill_now;
	en->term_timer.fire = term_now;
	en->retry_timer.fire = retry;
	en->give_up_timer.fire = waited_enough;
	en->hook_timer.fire = hook_is_late;
	en->kill_timer.arg = en->term_timer.arg = en;
	en->retry_timer.arg = en->give_up_timer.arg = en;
	en->hook_timer.arg = en;
}

void
ending_client_started(struct ending *en)
{
	en->client_runs = true;
}

void
ending_client_ended(struct ending *en)
{
	en->client_runs = false;
}

static void
cancel_timers(struct ending *en)
{
	loop_cancel(en->loop, &en->kill_timer);
	loop_cancel(en->loop, &en->term_timer);
	loop_cancel(en->loop, &en->retry_timer);
	loop_cancel(en->loop, &en->give_up_timer);
	loop_cancel(en->loop, &en->hook_timer);
}

void
ending_finish(struct ending *en, bool client_killed,
    void (*finished)(void *arg), void *arg)
{
	en->finished = finished;
	en->arg = arg;
	cancel_timers(en);
	if (client_killed && en->cause == ENDING_NONE)
		en->cause = ENDING_CLIENT_LOST;
	if (en->cause == ENDING_NONE || en->plan->cookie == NULL ||
	    en->trouble != NULL ||
	    (en->clean && !reap_running(&en->reap))) {
		reap_clear(&en->reap);
		finished(arg);
		return;
	}
	en->finishing = true;
	en->wanted = SIGTERM;
	loop_after(en->loop, &en->give_up_timer, ANSWER_MS);
	sweep_next(en);
}

void
ending_clear(struct ending *en)
{
	if (en->loop == NULL)
		return;
	cancel_timers(en);
	reap_clear(&en->reap);
	free(en->trouble);
	memset(en, 0, sizeof(*en));
}
