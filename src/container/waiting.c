/* SPDX-License-Identifier: ISC */
#include "container/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/strv.h"
#include "base/text.h"
#include "container/launch.h"

#define LOOK_MS		10000	/* for one docker inspect */
#define LAST_LOOK_MS	2000	/* ... behind the deadline */
#define ANSWER		"Error response from daemon: "

/*
 * A run's end has the time at which the process was gone, its start event that
 * at which the engine got round to telling.  Of a very short run the event may
 * therefore be the later one; not by so much, though.
 */
#define SLACK_MS	2000

const char *
waiting_word(enum waiting_for what)
{
	return what == WAITING_HEALTHY ? "healthy" : "running";
}

static enum news
news_of_start(const struct snapshot *seen, int64_t at)
{
	if (seen->kind == STATE_RUNNING || seen->kind == STATE_PAUSED)
		return at <= seen->started + SLACK_MS ? NEWS_OLD : NEWS_UNSURE;
	/* Once it has ended its own start is behind it, but for the slack. */
	return seen->started == 0 || at > seen->finished + SLACK_MS ?
	    NEWS_RUNNING : NEWS_UNSURE;
}

enum news
waiting_news(const struct snapshot *seen, const struct event *e)
{
	if (seen->kind == STATE_NONE || seen->kind == STATE_UNKNOWN)
		return NEWS_UNSURE;
	if (e->at <= seen->created || e->at <= seen->started ||
	    e->at <= seen->finished)
		return NEWS_OLD;
	if (strcmp(e->id, seen->id) != 0)
		return NEWS_UNSURE;
	switch (e->kind) {
	case EVENT_START:
		return news_of_start(seen, e->at);
	case EVENT_HEALTHY:
		/* A run that has had no result yet has not been healthy. */
		return seen->kind == STATE_RUNNING &&
		    seen->health == HEALTH_STARTING ? NEWS_HEALTHY :
		    NEWS_UNSURE;
	case EVENT_UNPAUSE:
		return seen->kind == STATE_PAUSED ? NEWS_UNSURE : NEWS_OLD;
	case EVENT_CHANGE:
		break;
	}
	return NEWS_UNSURE;
}

/* Nothing of ours runs any more. */
static void
stop(struct waiting *w)
{
	events_clear(&w->events);
	capture_clear(&w->look);
	loop_cancel(w->loop, &w->deadline);
}

/* False when that was the last, or the waiting is no more. */
static bool
settle(struct waiting *w, struct waiting_target *t, const char *failure)
{
	t->done = true;
	if (--w->left == 0)
		stop(w);
	w->request.settled(w->request.arg, (size_t)(t - w->targets), failure);
	return w->loop != NULL && w->left > 0;
}

static bool
fail(struct waiting *w, struct waiting_target *t, const char *what,
    const char *reason)
{
	MEM_AUTO char *name = text_printable(t->name, 200);
	MEM_AUTO char *text = NULL;

	if (reason != NULL)
		text = mem_printf("%s: %s (%s)", name, what, reason);
	else
		text = mem_printf("%s: %s", name, what);
	return settle(w, t, text);
}

static bool
check(struct waiting *w, struct waiting_target *t)
{
	bool running = t->seen.kind == STATE_RUNNING;

	if (w->request.what == WAITING_RUNNING)
		return running ? settle(w, t, NULL) : true;
	if (t->seen.kind != STATE_NONE && t->seen.kind != STATE_UNKNOWN &&
	    t->seen.health == HEALTH_NONE)
		return fail(w, t, "cannot wait until it is healthy: "
		    "it has no health check", NULL);
	return running && t->seen.health == HEALTH_HEALTHY ?
	    settle(w, t, NULL) : true;
}

static bool
time_is_over(struct waiting *w, struct waiting_target *t)
{
	MEM_AUTO char *what = mem_printf("not %s after %g s",
	    waiting_word(w->request.what), (double)w->request.limit / 1000);
	MEM_AUTO char *reason = NULL;
	struct snapshot *seen = &t->seen;

	if (w->trouble != NULL)
		reason = mem_dup(w->trouble);
	else if (seen->kind != STATE_RUNNING)
		reason = snapshot_reason(seen);
	else if (seen->health == HEALTH_UNHEALTHY)
		reason = mem_dup("unhealthy");
	else
		reason = mem_dup("its health check has not passed yet");
	return fail(w, t, what, reason);
}

/* Do it to each that is waited for; false when there is none any more. */
static bool
each(struct waiting *w, bool (*act)(struct waiting *, struct waiting_target *))
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->targets[i].done && !act(w, &w->targets[i]))
			return false;
	return true;
}

static bool
cannot_reach(struct waiting *w, struct waiting_target *t)
{
	MEM_AUTO char *what = mem_dup(w->trouble);

	return fail(w, t, what, NULL);
}

/* What is wrong, if it is not just that some do not exist; else NULL. */
static char *
look_trouble(struct capture *c)
{
	MEM_AUTO char *text = mem_dup(buf_text(&c->err));
	MEM_AUTO char *clean = NULL;
	MEM_AUTO char *shown = NULL;
	char *rest = text, *line;

	if (c->timed_out)
		return mem_dup("cannot reach the engine: no answer");
	if (capture_succeeded(c))
		return NULL;
	while ((line = strsep(&rest, "\r\n")) != NULL)
		if (*line != '\0' && !state_says_none(line))
			break;
	if (line == NULL && *buf_text(&c->err) != '\0')
		return NULL;
	clean = launch_clean(line != NULL ? line : "docker inspect failed");
	shown = text_printable(clean, 500);
	/* Where it is the engine that speaks, it was reached. */
	if (line != NULL && strncmp(line, ANSWER, strlen(ANSWER)) == 0)
		return mem_dup(shown);
	return mem_printf("cannot reach the engine: %s", shown);
}

/* One line of the answer is about all who mean it. */
static void
see_line(struct waiting *w, char *line, enum meant least)
{
	struct snapshot seen;
	const char *name;

	if (snapshot_parse(&seen, line, &name) == -1)
		return;
	for (size_t i = 0; i < w->n; i++) {
		struct waiting_target *t = &w->targets[i];

		if (t->found || snapshot_meant(t->name, seen.id, name) < least)
			continue;
		t->seen = seen;
		t->found = true;
	}
}

/* Names go before beginnings of IDs, as they do with docker. */
static void
see(struct waiting *w, const char *answer)
{
	static const enum meant passes[] = { MEANT_SURELY, MEANT_PERHAPS };

	for (size_t i = 0; i < 2; i++) {
		MEM_AUTO char *text = mem_dup(answer);
		char *rest = text, *line;

		while ((line = strsep(&rest, "\n")) != NULL)
			see_line(w, line, passes[i]);
	}
}

/* Those that the answer says nothing of are not there. */
static bool
not_found(struct waiting *w, struct waiting_target *t)
{
	if (!t->found && w->trouble == NULL)
		t->seen = (struct snapshot){ .kind = STATE_NONE };
	return true;
}

static void look(struct waiting *);

/* What there is to do about what has been seen; false: nothing is left. */
static bool
act(struct waiting *w)
{
	if (!each(w, check))
		return false;
	if (w->over)
		return each(w, time_is_over);
	if (w->trouble != NULL && !w->looked)
		return each(w, cannot_reach);
	return true;
}

static void
looked(void *arg)
{
	struct waiting *w = arg;

	w->looking = false;
	free(w->trouble);
	w->trouble = look_trouble(&w->look);
	see(w, buf_text(&w->look.out));
	each(w, not_found);
	if (!act(w))
		return;
	if (w->trouble != NULL)
		events_again(&w->events);
	w->looked = true;
	events_release(&w->events);
	if (w->loop != NULL && w->left > 0 && w->again && !w->looking)
		look(w);
}

static int
start_look(struct waiting *w, struct error *e)
{
	STRV_AUTO struct strv names = { 0 };
	STRV_AUTO struct strv argv = { 0 };

	for (size_t i = 0; i < w->n; i++) {
		w->targets[i].found = false;
		if (!w->targets[i].done)
			strv_push(&names, w->targets[i].name);
	}
	w->looking = true;
	w->again = false;
	events_hold(&w->events);
	snapshot_argv(w->request.docker, &names, &argv);
	say_command(w->request.say, strv_argv(&argv));
	return capture_start(&w->look, w->loop, strv_argv(&argv),
	    w->over ? LAST_LOOK_MS : LOOK_MS, looked, w, e);
}

static void
look(struct waiting *w)
{
	ERROR_AUTO struct error e = { 0 };

	if (start_look(w, &e) == 0)
		return;
	free(w->trouble);
	w->trouble = mem_dup(e.text);
	w->looking = false;
	if (act(w))
		events_again(&w->events);
}

static bool
hear(struct waiting *w, struct waiting_target *t, const struct event *e)
{
	if (strcmp(e->id, t->seen.id) != 0 &&
	    snapshot_meant(t->name, e->id, e->name) == MEANT_NOT)
		return true;
	switch (waiting_news(&t->seen, e)) {
	case NEWS_OLD:
		return true;
	case NEWS_UNSURE:
		w->again = true;
		return true;
	case NEWS_RUNNING:
		t->seen.kind = STATE_RUNNING;
		t->seen.started = e->at;
		if (t->seen.health != HEALTH_NONE)
			t->seen.health = HEALTH_STARTING;
		break;
	case NEWS_HEALTHY:
		t->seen.health = HEALTH_HEALTHY;
		break;
	}
	return check(w, t);
}

static void
happened(void *arg, const struct event *e)
{
	struct waiting *w = arg;

	for (size_t i = 0; i < w->n; i++)
		if (!w->targets[i].done && !hear(w, &w->targets[i], e))
			return;
}

static void
told(void *arg)
{
	struct waiting *w = arg;

	if (w->again && !w->looking)
		look(w);
}

/* There was a gap: whatever has happened in it is to be seen. */
static void
began(void *arg)
{
	struct waiting *w = arg;

	w->again = true;
	if (!w->looking)
		look(w);
}

/* The last word is that of the engine: how are they now? */
static void
deadline_over(void *arg)
{
	struct waiting *w = arg;

	w->over = true;
	events_clear(&w->events);
	look(w);
}

int
waiting_start(struct waiting *w, struct loop *loop,
    const struct waiting_request *r, struct error *e)
{
	struct events_hooks hooks = { .began = began, .happened = happened,
	    .told = told, .arg = w };

	memset(w, 0, sizeof(*w));
	w->loop = loop;
	w->request = *r;
	while (r->targets[w->n] != NULL)
		w->n++;
	w->left = w->n;
	w->targets = mem_zero(w->n, sizeof(*w->targets));
	for (size_t i = 0; i < w->n; i++)
		w->targets[i].name = r->targets[i];
	w->deadline.fire = deadline_over;
	w->deadline.arg = w;
	if (w->n == 0)
		return 0;
	if (events_start(&w->events, loop, r->docker, r->say, &hooks, e) == -1)
		return -1;
	if (r->limit > 0)
		loop_after(loop, &w->deadline, r->limit);
	return start_look(w, e);
}

void
waiting_clear(struct waiting *w)
{
	if (w->loop == NULL)
		return;
	stop(w);
	free(w->targets);
	free(w->trouble);
	memset(w, 0, sizeof(*w));
}
