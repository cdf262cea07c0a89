/* SPDX-License-Identifier: ISC */
#include "dockerdo/engine.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "container/state.h"
#include "dockerdo/command.h"
#include "dockerdo/step.h"
#include "run/ask.h"

#define PATIENCE	60000	/* ms, for one answer of docker's */

void
engine_choose(struct call *call, char **host)
{
	if (call->session.remote_host == NULL)
		return;
	*host = mem_printf("ssh://%s", call->session.remote_host);
	call->docker.host = *host;
}

/*
 * The one place where words become a text for a shell: the login shell of the
 * remote host.  "~/" at the beginning of the directory is its home.
 */
static char *
remote_command(const char *directory, char *const *words)
{
	MEM_AUTO char *quoted = text_quote_argv(words);
	BUF_AUTO struct buf cd = { 0 };

	if (strncmp(directory, "~/", 2) == 0) {
		buf_add_text(&cd, "~/");
		directory += 2;
	}
	if (*directory != '\0')
		text_quote(&cd, directory);
	return mem_printf("mkdir -p -- %s && cd -- %s && exec docker %s",
	    buf_text(&cd), buf_text(&cd), quoted);
}

void
engine_argv(const struct call *call, char *const *words, struct strv *argv)
{
	const struct session *s = &call->session;

	if (s->remote_host == NULL) {
		strv_push(argv, call->docker.program);
		strv_pushv(argv, words);
		return;
	}
	strv_push(argv, "ssh");
	strv_push(argv, "--");
	strv_push(argv, s->remote_host);
	strv_take(argv, remote_command(s->remote_host_build_dir, words));
}

int
engine_run(struct call *call, char *const *words, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };

	engine_argv(call, words, &argv);
	return step_run(call, strv_argv(&argv), e);
}

int
engine_run_silently(struct call *call, char *const *words, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };

	engine_argv(call, words, &argv);
	return step_run_silently(call, strv_argv(&argv), e);
}

/* Ask QUESTION; a signal that interrupts it is call->signo. */
static int
ask_one(struct call *call, struct question *q, struct error *e)
{
	const struct say nobody = { 0 };
	int rc;

	step_show(call, strv_argv(&q->argv));
	if (call->choices.dry_run)
		return 0;
	rc = ask(q, 1, PATIENCE, &nobody, e);
	if (rc <= 0)
		return rc;
	call->signo = rc;
	return error_set(e, "interrupted");
}

int
engine_ask(struct call *call, char *const *words, struct buf *answer,
    struct error *e)
{
	struct question q = { 0 };
	MEM_AUTO char *why = NULL;
	int rc;

	docker_argv(&call->docker, &q.argv, words[0]);
	strv_pushv(&q.argv, words + 1);
	rc = ask_one(call, &q, e);
	if (rc == 0 && !call->choices.dry_run && !question_answered(&q)) {
		why = question_complaint(&q);
		rc = error_set(e, "docker %s: %s", words[0], why);
	}
	if (rc == 0 && answer != NULL)
		buf_add(answer, buf_text(&q.capture.out), q.capture.out.len);
	question_clear(&q);
	return rc;
}

int
engine_state(struct call *call, struct state *state, struct error *e)
{
	struct question q = { 0 };
	MEM_AUTO char *why = NULL;
	int rc;

	state_argv(&call->docker, call->session.container_name, &q.argv);
	rc = ask_one(call, &q, e);
	if (rc == 0)
		state_read(state, &q.capture);
	if (rc == 0 && state->kind == STATE_UNKNOWN &&
	    !call->choices.dry_run) {
		why = question_complaint(&q);
		rc = error_set(e, "cannot tell whether the container runs: "
		    "%s", why);
	}
	question_clear(&q);
	return rc;
}

static enum container_state
as_session_has_it(const struct state *state)
{
	switch (state->kind) {
	case STATE_RUNNING:
		return CONTAINER_RUNNING;
	case STATE_UNKNOWN:
	case STATE_NONE:
		return CONTAINER_NOTHING;
	case STATE_PAUSED:
	case STATE_RESTARTING:
	case STATE_STOPPED:
		break;
	}
	return CONTAINER_STOPPED;
}

int
engine_verify(struct call *call, enum container_state *found,
    struct error *e)
{
	struct session *s = &call->session;
	struct state state = { 0 };

	if (engine_state(call, &state, e) == -1)
		return -1;
	if (call->choices.dry_run) {
		*found = (enum container_state)s->container_state;
		return 0;
	}
	*found = as_session_has_it(&state);
	if (*found != (enum container_state)s->container_state)
		say_note(&call->say, "the container was %s, and is %s now",
		    container_state_words[s->container_state],
		    container_state_words[*found]);
	return session_set_state(s, *found, e);
}
