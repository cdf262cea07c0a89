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

struct asking {
	struct loop loop;
	size_t running;
	int signo;
};

static void
answered(void *arg)
{
	struct question *q = arg;

	q->asking->running--;
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

static void
start(struct question *q, int64_t limit, const struct say *say)
{
	struct error e = { 0 };

	say_command(say, strv_argv(&q->argv));
	if (capture_start(&q->capture, &q->asking->loop, strv_argv(&q->argv),
	    limit, answered, q, &e) == 0) {
		capture_keep(&q->capture, MOST);
		q->asking->running++;
		return;
	}
	q->failed = e.text;
}

int
ask(struct question *q, size_t n, int64_t limit, const struct say *say,
    struct error *e)
{
	struct asking a = { 0 };
	struct signals signals = { .taken = on_signal, .pause = nothing,
	    .resume = nothing, .arg = &a };
	int rc = 0;

	if (loop_init(&a.loop, e) == -1)
		return -1;
	signals_take(&signals, &a.loop);
	for (size_t i = 0; i < n; i++) {
		q[i].asking = &a;
		start(&q[i], limit, say);
	}
	while (rc == 0 && a.running > 0 && a.signo == 0)
		rc = loop_round(&a.loop, e);
	for (size_t i = 0; i < n; i++)
		capture_stop(&q[i].capture);
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
		return mem_dup("no answer");
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
