/* SPDX-License-Identifier: ISC */
#include "run/pipeline.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "run/relay.h"
#include "run/signals.h"
#include "run/spawn.h"
#include "run/spinner.h"

#define PROGRESS	250	/* ms */

/* While it runs.  What the first writes goes through us to the second. */
struct running {
	struct pipeline *p;
	struct loop loop;
	struct relay relay;
	int second;		/* where the second one reads; -1: closed */
	bool delivered;		/* all that the first one wrote */
	struct loop_timer close;	/* of second */
	struct spinner spinner;
	struct loop_timer progress;
	int64_t began;
	size_t left;
};

static void
end_all(struct pipeline *p, int signo)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->stage[i].child.pid > 0 && !p->stage[i].ended)
			kill(p->stage[i].child.pid, signo);
}

bool
pipeline_stage_succeeded(const struct pipeline_stage *s)
{
	return s->ended && WIFEXITED(s->wait_status) &&
	    WEXITSTATUS(s->wait_status) == 0;
}

/*
 * All that the first had to say has gone on, and it has ended: the second may
 * know that this is the end, but only when it was a good one.
 */
static void
close_second(void *arg)
{
	struct running *r = arg;

	if (!pipeline_stage_succeeded(&r->p->stage[0]))
		end_all(r->p, SIGTERM);
	/* The relay may have opened the pipe for itself. */
	relay_clear(&r->relay);
	file_close(&r->second);
}

static void
conclude_first(struct running *r)
{
	if (!r->delivered || !r->p->stage[0].ended || r->second == -1)
		return;
	/* Not from within the relay. */
	r->close.fire = close_second;
	r->close.arg = r;
	loop_after(&r->loop, &r->close, 0);
}

static void
relay_ended(void *arg)
{
	struct running *r = arg;

	r->delivered = true;
	r->p->bytes = r->relay.bytes;
	loop_cancel(&r->loop, &r->progress);
	spinner_clear(&r->spinner);
	conclude_first(r);
}

/* The second one reads no more: nor shall the first write any more. */
static void
relay_broken(void *arg, const struct relay *relay, int cause)
{
	struct running *r = arg;

	(void)relay;
	(void)cause;
	if (r->p->stage[0].child.pid > 0 && !r->p->stage[0].ended)
		kill(r->p->stage[0].child.pid, SIGTERM);
}

/* It has failed as those do whose neighbour has gone, or that we end. */
static bool
is_consequence(const struct pipeline_stage *s)
{
	return WIFSIGNALED(s->wait_status) &&
	    (WTERMSIG(s->wait_status) == SIGPIPE ||
	    WTERMSIG(s->wait_status) == SIGTERM);
}

/* The first is to blame, but for what is only a consequence. */
static void
blame(struct pipeline *p, const struct pipeline_stage *s)
{
	if (pipeline_stage_succeeded(s))
		return;
	if (p->failed == -1 || (is_consequence(&p->stage[p->failed]) &&
	    !is_consequence(s)))
		p->failed = (int)(s - p->stage);
}

static void
changed(void *arg, int wait_status)
{
	struct pipeline_stage *s = arg;
	struct running *r = s->running;

	if (WIFSTOPPED(wait_status))
		return;
	s->wait_status = wait_status;
	s->ended = true;
	r->left--;
	blame(r->p, s);
	if (s != r->p->stage)
		return;
	relay_drain(&r->relay);
	conclude_first(r);
}

static void
show_progress(void *arg)
{
	struct running *r = arg;
	double seconds = (double)(clock_now() - r->began) / 1000;
	double mib = (double)r->relay.bytes / (1 << 20);
	BUF_AUTO struct buf text = { 0 };

	buf_addf(&text, "%s: %.0f MiB", r->p->label, mib);
	if (r->p->size > 0 && r->relay.bytes <= r->p->size)
		buf_addf(&text, " of %.0f", (double)r->p->size / (1 << 20));
	if (seconds > 0)
		buf_addf(&text, ", %.0f MiB/s", mib / seconds);
	spinner_label(&r->spinner, buf_text(&text));
	loop_after(&r->loop, &r->progress, PROGRESS);
}

static void
begin_progress(struct running *r)
{
	r->began = clock_now();
	if (r->p->label == NULL || !spinner_possible(STDERR_FILENO))
		return;
	spinner_start(&r->spinner, &r->loop, STDERR_FILENO, r->p->label, false);
	r->progress.fire = show_progress;
	r->progress.arg = r;
	loop_after(&r->loop, &r->progress, PROGRESS);
}

static void
on_signal(void *arg, int signo)
{
	struct running *r = arg;

	if (signo == SIGWINCH)
		return;
	r->p->signo = signo;
	/* What is typed has reached them already, and once more is no harm. */
	end_all(r->p, signo == SIGQUIT ? SIGTERM : signo);
}

static void
on_pause(void *arg)
{
	spinner_pause(&((struct running *)arg)->spinner);
}

static void
on_resume(void *arg)
{
	spinner_resume(&((struct running *)arg)->spinner);
}

static int
start_stage(struct running *r, size_t i, int in, int out, struct error *e)
{
	struct pipeline_stage *s = &r->p->stage[i];
	const struct spawn spawn = { .argv = s->argv,
	    .fd = { in, out, STDERR_FILENO } };

	s->running = r;
	s->child.pid = spawn_start(&spawn, e);
	if (s->child.pid == -1)
		return -1;
	s->child.changed = changed;
	s->child.arg = s;
	loop_child(&r->loop, &s->child);
	r->left++;
	return 0;
}

/* The stages from the second on; IN is what the second reads. */
static int
start_others(struct running *r, int in, struct error *e)
{
	int ends[2] = { in, -1 }, rc = 0;

	for (size_t i = 1; rc == 0 && i < r->p->n; i++) {
		in = ends[0];
		ends[0] = -1;
		if (i + 1 < r->p->n && file_pipe(ends, -1) == -1)
			rc = error_system(e, "cannot make a pipe");
		if (rc == 0)
			rc = start_stage(r, i, in, i + 1 < r->p->n ? ends[1] :
			    STDOUT_FILENO, e);
		file_close(&in);
		file_close(&ends[1]);
	}
	file_close(&ends[0]);
	return rc;
}

static int
start(struct running *r, struct error *e)
{
	int from[2] = { -1, -1 }, to[2] = { -1, -1 };
	int rc = 0;

	if (file_pipe(from, 0) == -1 || file_pipe(to, -1) == -1)
		rc = error_system(e, "cannot make a pipe");
	/* The last first: one that is not there shall not cost anything. */
	if (rc == 0) {
		r->second = to[1];
		rc = start_others(r, to[0], e);
		to[0] = -1;
	}
	if (rc == 0)
		rc = start_stage(r, 0, SPAWN_NULL, from[1], e);
	file_close(&from[1]);
	file_close(&to[0]);
	if (rc == -1) {
		file_close(&from[0]);
		end_all(r->p, SIGTERM);
		return -1;
	}
	r->relay.hooks = (struct relay_hooks){ .ended = relay_ended,
	    .broken = relay_broken, .arg = r };
	relay_start(&r->relay, &r->loop, from[0], r->second);
	begin_progress(r);
	return 0;
}

static int
run(struct running *r, struct error *e)
{
	ERROR_AUTO struct error ignored = { 0 };
	int rc = start(r, e);

	/* Those that were started are waited for in any case. */
	while (r->left > 0 || (rc == 0 && r->second != -1))
		if (loop_round(&r->loop, rc == 0 ? e : &ignored) == -1)
			return -1;
	return rc;
}

int
pipeline_run(struct pipeline *p, struct error *e)
{
	struct running r = { .p = p, .second = -1 };
	struct signals signals = { .taken = on_signal, .pause = on_pause,
	    .resume = on_resume, .arg = &r };
	int rc;

	p->failed = -1;
	if (loop_init(&r.loop, e) == -1)
		return -1;
	signals_take(&signals, &r.loop);
	rc = run(&r, e);
	loop_cancel(&r.loop, &r.progress);
	loop_cancel(&r.loop, &r.close);
	spinner_clear(&r.spinner);
	relay_clear(&r.relay);
	file_close(&r.second);
	signals_give_back(&signals);
	loop_clear(&r.loop);
	return rc;
}

char *
pipeline_report(const struct pipeline *p)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct pipeline_stage *s = &p->stage[i];

		buf_addf(&text, "%s%s: ", i > 0 ? "; " : "", s->name);
		if (!s->ended)
			buf_add_text(&text, "not started");
		else if (WIFSIGNALED(s->wait_status))
			buf_addf(&text, "ended by signal %d",
			    WTERMSIG(s->wait_status));
		else
			buf_addf(&text, "exit %d",
			    WEXITSTATUS(s->wait_status));
	}
	return buf_steal(&text);
}
