/* SPDX-License-Identifier: ISC */
#include "container/state.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strv.h"
#include "run/capture.h"
#include "run/docker.h"

#define FORMAT "{{.State.Status}} {{.State.StartedAt}} {{.State.ExitCode}}"

void
state_argv(const struct docker *d, const char *target, struct strv *argv)
{
	docker_argv(d, argv, "inspect");
	strv_push(argv, "--type");
	strv_push(argv, "container");
	strv_push(argv, "--format");
	strv_push(argv, FORMAT);
	docker_argv_target(argv, target);
}

enum state_kind
state_kind_of(const char *word)
{
	if (strcmp(word, "running") == 0)
		return STATE_RUNNING;
	if (strcmp(word, "paused") == 0)
		return STATE_PAUSED;
	if (strcmp(word, "restarting") == 0)
		return STATE_RESTARTING;
	return STATE_STOPPED;
}

/* docker's words, and podman's. */
bool
state_says_none(const char *text)
{
	return strcasestr(text, "no such container") != NULL ||
	    strcasestr(text, "no such object") != NULL ||
	    /* What no container can be called leads elsewhere in the API. */
	    strstr(text, "page not found") != NULL ||
	    strstr(text, "json: cannot unmarshal ") != NULL ||
	    strcasestr(text, "no container with name or id") != NULL;
}

void
state_read(struct state *s, const struct capture *c)
{
	char started[64];

	memset(s, 0, sizeof(*s));
	if (!capture_succeeded(c)) {
		if (state_says_none(buf_text(&c->err)))
			s->kind = STATE_NONE;
		return;
	}
	if (sscanf(buf_text(&c->out), "%15s %63s %d", s->word, started,
	    &s->exit_status) != 3)
		return;
	s->kind = state_kind_of(s->word);
	if (clock_parse_date(started, &s->started) == -1)
		s->started = 0;
}

char *
state_describe(const struct state *s)
{
	switch (s->kind) {
	case STATE_UNKNOWN:
		return mem_dup("cannot be looked at");
	case STATE_NONE:
		return mem_dup("does not exist");
	case STATE_RUNNING:
		return mem_dup("is running");
	case STATE_PAUSED:
		return mem_dup("is paused");
	case STATE_RESTARTING:
		return mem_dup("is restarting");
	case STATE_STOPPED:
		break;
	}
	if (strcmp(s->word, "exited") == 0)
		return mem_printf("is not running (exited with status %d)",
		    s->exit_status);
	return mem_printf("is not running (%s)", s->word);
}
