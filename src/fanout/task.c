/* SPDX-License-Identifier: ISC */
#include "fanout/task.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "fanout/fields.h"
#include "run/docker.h"

#define MOST_TASKS	10000
#define SHOWN		80

enum { FIELD_ID, FIELD_NAME, FIELD_NODE, FIELD_STATE, FIELD_COUNT };

#define FORMAT	"{{urlquery .ID}} {{urlquery .Name}} {{urlquery .Node}} " \
		"{{urlquery .CurrentState}}"

void
tasks_argv(const struct docker *d, const char *service, struct strv *argv)
{
	docker_argv(d, argv, "service");
	strv_push(argv, "ps");
	strv_push(argv, "--no-trunc");
	strv_push(argv, "--filter");
	strv_push(argv, "desired-state=running");
	strv_push(argv, "--format");
	strv_push(argv, FORMAT);
	docker_argv_target(argv, service);
}

static bool
is_id(const char *text)
{
	return *text != '\0' && text[strspn(text,
	    "abcdefghijklmnopqrstuvwxyz0123456789")] == '\0';
}

static int
refuse(struct error *e, const char *line, size_t len)
{
	MEM_AUTO char *text = mem_printf("%.*s",
	    len < 2 * SHOWN ? (int)len : 2 * SHOWN, line);
	MEM_AUTO char *shown = text_printable(text, SHOWN);

	return error_set(e, "docker service ps has said what was not asked: "
	    "'%s'", shown);
}

/* Services may be asked for twice, and of two managers. */
static bool
is_known(const struct tasks *tasks, const char *id)
{
	for (size_t i = 0; i < tasks->n; i++)
		if (strcmp(tasks->v[i].id, id) == 0)
			return true;
	return false;
}

static void
add(struct tasks *to, char *const *field)
{
	if (is_known(to, field[FIELD_ID]))
		return;
	if (to->n == to->room) {
		to->room = to->room ? to->room * 2 : 16;
		to->v = mem_grow(to->v, to->room, sizeof(*to->v));
	}
	to->v[to->n++] = (struct task){ .id = mem_dup(field[FIELD_ID]),
	    .name = mem_printf("%s.%s", field[FIELD_NAME], field[FIELD_ID]),
	    .node = mem_dup(field[FIELD_NODE]),
	    .state = mem_dup(field[FIELD_STATE]) };
}

int
tasks_parse(struct tasks *to, const char *text, size_t len, struct error *e)
{
	const char *end = text + len, *stop;

	for (; text < end; text = stop + 1) {
		STRV_AUTO struct strv fields = { 0 };

		stop = memchr(text, '\n', (size_t)(end - text));
		/* What has no end has been cut off. */
		if (stop == NULL)
			return refuse(e, text, (size_t)(end - text));
		if (stop == text)
			continue;
		if (!fields_split(&fields, text, (size_t)(stop - text),
		    FIELD_COUNT) || !is_id(fields.v[FIELD_ID]))
			return refuse(e, text, (size_t)(stop - text));
		if (to->n >= MOST_TASKS)
			return error_set(e, "more than %d tasks", MOST_TASKS);
		add(to, fields.v);
	}
	return 0;
}

void
tasks_clear(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->n; i++) {
		free(tasks->v[i].id);
		free(tasks->v[i].name);
		free(tasks->v[i].node);
		free(tasks->v[i].state);
	}
	free(tasks->v);
	memset(tasks, 0, sizeof(*tasks));
}
