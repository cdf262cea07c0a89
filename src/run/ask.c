/* SPDX-License-Identifier: ISC */
#include "run/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"
#include "run/signals.h"

/* Lists of many containers are long. */
#define MOST	(64 * 1024 * 1024)

/* At a time: each is a process, and the machine may be a small one. */
#define AT_A_TIME	32

struct asking {
	struct loop loop;
	const struct say *say;
	struct question *next, *end;	/* those not yet asked */
	size_t running;
	int signo;
};

static void start_some(struct asking *a);

static void
answered(void *arg)
{
	struct question *q = arg;

	q->asking->running--;
	start_some(q->asking);
}

static void
start(struct asking *a, struct question *q)
{
	struct error e = { 0 };

	say_command(a->say, strv_argv(&q->argv));
	if (capture_start(&q->capture, &a->loop, strv_argv(&q->argv),
	    q->limit, answered, q, &e) == -1) {
		q->failed = e.text;
		return;
	}
	capture_keep(&q->capture, MOST);
	a->running++;
}

static void
start_some(struct asking *a)
{
	while (a->next < a->end && a->running < AT_A_TIME)
		start(a, a->next++);
}

static void
on_signal(void *arg, int signo)
{
	struct asking *a = arg;

	if (signo != SIGWINCH)
		a->signo = signo;
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* A signal that came with the last answer must not be lost. */
static int
look_once_more(struct asking *a, struct error *e)
{
	struct loop_timer now = { .fire = nothing };

	loop_after(&a->loop, &now, 0);
	return loop_round(&a->loop, e);
}

int
ask(struct question *q, size_t n, int64_t limit, const struct say *say,
    struct error *e)
{
	struct asking a = { .say = say, .next = q, .end = q + n };
	struct signals signals = { .taken = on_signal, .pause = nothing,
	    .resume = nothing, .arg = &a };
	int rc = 0;

	if (n == 0)
		return 0;
	if (loop_init(&a.loop, e) == -1)
		return -1;
	signals_take(&signals, &a.loop);
	for (size_t i = 0; i < n; i++) {
		q[i].asking = &a;
		q[i].limit = limit;
	}
	start_some(&a);
	while (rc == 0 && a.running > 0 && a.signo == 0)
		rc = loop_round(&a.loop, e);
	for (size_t i = 0; i < n; i++)
		capture_stop(&q[i].capture);
	if (rc == 0)
		rc = look_once_more(&a, e);
	signals_give_back(&signals);
	loop_clear(&a.loop);
	return rc == -1 ? -1 : a.signo;
}

bool
question_answered(const struct question *q)
{
	return q->failed == NULL && capture_succeeded(&q->capture);
}

char *
question_complaint(const struct question *q)
{
	const char *text = buf_text(&q->capture.err);
	MEM_AUTO char *line = NULL;

	if (q->failed != NULL)
		return mem_dup(q->failed);
	if (q->capture.timed_out)
		return mem_printf("no answer within %g s",
		    (double)q->limit / 1000);
	text += strspn(text, "\r\n");
	line = mem_printf("%.*s", (int)strcspn(text, "\r\n"), text);
	return *line != '\0' ? text_printable(line, 500) :
	    mem_dup("docker failed and did not say why");
}

void
question_clear(struct question *q)
{
	strv_clear(&q->argv);
	capture_clear(&q->capture);
	free(q->failed);
	q->failed = NULL;
}
