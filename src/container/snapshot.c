/* SPDX-License-Identifier: ISC */
#include "container/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strv.h"
#include "run/docker.h"

/*
 * No field can have a blank in it, or be taken for another.  A container whose
 * health is not checked has no .State.Health; a check that was turned off is
 * NONE.
 */
#define FORMAT \
	"{{.ID}} {{.State.Status}} {{.Created}} {{.State.StartedAt}} " \
	"{{.State.FinishedAt}} {{.State.ExitCode}} " \
	"{{with .Config.Healthcheck}}{{with .Test}}{{urlquery (index . 0)}}" \
	"{{else}}NONE{{end}}{{else}}NONE{{end}} " \
	"{{with .State.Health}}{{urlquery .Status}}{{end}} {{urlquery .Name}}"

enum field { ID, STATUS, CREATED, STARTED, FINISHED, EXIT, CHECK, HEALTH, NAME,
	FIELDS };

void
snapshot_argv(const struct docker *d, const struct strv *names,
    struct strv *argv)
{
	docker_argv(d, argv, "inspect");
	strv_push(argv, "--type");
	strv_push(argv, "container");
	strv_push(argv, "--format");
	strv_push(argv, FORMAT);
	for (size_t i = 0; i < names->n; i++) {
		if (names->v[i][0] != '-')
			continue;
		strv_push(argv, "--");
		break;
	}
	strv_pushv(argv, strv_argv(names));
}

/* docker writes the year 1 for never. */
static int64_t
date(const char *text)
{
	int64_t ms;

	return clock_parse_date(text, &ms) == 0 && ms > 0 ? ms : 0;
}

static enum health
health_of(const char *check, const char *status)
{
	if (strcmp(check, "NONE") == 0)
		return HEALTH_NONE;
	if (strcmp(status, "healthy") == 0)
		return HEALTH_HEALTHY;
	if (strcmp(status, "unhealthy") == 0)
		return HEALTH_UNHEALTHY;
	return HEALTH_STARTING;
}

int
snapshot_parse(struct snapshot *s, char *line, const char **name)
{
	char *field[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		if ((field[i] = strsep(&line, " ")) == NULL)
			return -1;
	if (line != NULL || field[ID][0] == '\0' ||
	    strlen(field[ID]) >= sizeof(s->id) ||
	    strlen(field[STATUS]) >= sizeof(s->word))
		return -1;
	memset(s, 0, sizeof(*s));
	memcpy(s->id, field[ID], strlen(field[ID]));
	memcpy(s->word, field[STATUS], strlen(field[STATUS]));
	s->kind = state_kind_of(s->word);
	s->created = date(field[CREATED]);
	s->started = date(field[STARTED]);
	s->finished = date(field[FINISHED]);
	s->exit_status = (int)strtol(field[EXIT], NULL, 10);
	s->health = health_of(field[CHECK], field[HEALTH]);
	*name = field[NAME];
	if (strncmp(*name, "%2F", 3) == 0)
		*name += 3;
	return 0;
}

enum meant
snapshot_meant(const char *word, const char *id, const char *name)
{
	word += word[0] == '/';
	if (*word == '\0')
		return MEANT_NOT;
	if (strcmp(word, name) == 0 || strcmp(word, id) == 0)
		return MEANT_SURELY;
	return strncmp(word, id, strlen(word)) == 0 ? MEANT_PERHAPS :
	    MEANT_NOT;
}

char *
snapshot_reason(const struct snapshot *s)
{
	if (s->kind == STATE_NONE)
		return mem_dup("no such container");
	if (strcmp(s->word, "exited") == 0)
		return mem_printf("exited with status %d", s->exit_status);
	return mem_dup(s->word);
}
