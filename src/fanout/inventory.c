/* SPDX-License-Identifier: ISC */
#include "fanout/inventory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/fields.h"
#include "run/docker.h"

#define MOST_CONTAINERS	100000
#define SHORTEST_ID	12
#define LONGEST_ID	64
#define SHOWN		80

/* --- what is asked */

enum field {
	FIELD_ID,
	FIELD_NAMES,
	FIELD_IMAGE,
	FIELD_STATUS,
	FIELD_PROJECT,
	FIELD_SERVICE,
	FIELD_NUMBER,
	FIELD_ONEOFF,
	FIELD_DIRECTORY,
	FIELD_SWARM_SERVICE,
	FIELD_SWARM_TASK,
	FIELD_SWARM_TASK_ID,
	FIELD_COUNT,		/* the labels asked for come behind */
};

/*
 * The state is read from the status: nerdctl has no {{.State}}, and what docker
 * and podman say in words has been the same for as long as there is health.
 */
static const char *const fields[FIELD_COUNT] = {
	[FIELD_ID] = ".ID",
	[FIELD_NAMES] = ".Names",
	[FIELD_IMAGE] = ".Image",
	[FIELD_STATUS] = ".Status",
	[FIELD_PROJECT] = "(.Label \"com.docker.compose.project\")",
	[FIELD_SERVICE] = "(.Label \"com.docker.compose.service\")",
	[FIELD_NUMBER] = "(.Label \"com.docker.compose.container-number\")",
	[FIELD_ONEOFF] = "(.Label \"com.docker.compose.oneoff\")",
	[FIELD_DIRECTORY] =
	    "(.Label \"com.docker.compose.project.working_dir\")",
	[FIELD_SWARM_SERVICE] = "(.Label \"com.docker.swarm.service.name\")",
	[FIELD_SWARM_TASK] = "(.Label \"com.docker.swarm.task.name\")",
	[FIELD_SWARM_TASK_ID] = "(.Label \"com.docker.swarm.task.id\")",
};

/* Where KEY stands among the KEYS, or their number. */
static size_t
find_key(const struct strv *keys, const char *key)
{
	size_t i = 0;

	while (i < keys->n && strcmp(keys->v[i], key) != 0)
		i++;
	return i;
}

void
inventory_ask_for(struct inventory_ask *ask, const struct selectors *s,
    const char *context)
{
	const struct selector *part;

	for (size_t i = 0; i < s->n; i++) {
		part = &s->v[i];
		if (part->context != NULL && (context == NULL ||
		    strcmp(part->context, context) != 0))
			continue;
		ask->all |= part->kind == SELECTOR_NAME;
		if (part->kind != SELECTOR_LABEL)
			continue;
		ask->labels |= part->value == NULL || *part->value == '\0';
		if (find_key(&ask->keys, part->word) == ask->keys.n)
			strv_push(&ask->keys, part->word);
	}
}

void
inventory_ask_clear(struct inventory_ask *ask)
{
	strv_clear(&ask->keys);
	memset(ask, 0, sizeof(*ask));
}

/* KEY as a string of Go's, all of it escaped that could mean something. */
static void
add_key(struct buf *format, const char *key)
{
	buf_add_byte(format, '"');
	for (; *key != '\0'; key++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
		    "Z0123456789.-_/", *key) != NULL)
			buf_add_byte(format, *key);
		else
			buf_addf(format, "\\x%02x", (unsigned char)*key);
	}
	buf_add_byte(format, '"');
}

void
inventory_argv(const struct docker *d, const struct inventory_ask *ask,
    struct strv *argv)
{
	struct buf format = { 0 };

	for (size_t i = 0; i < FIELD_COUNT; i++)
		buf_addf(&format, "%s{{urlquery %s}}", i > 0 ? " " : "",
		    fields[i]);
	for (size_t i = 0; i < ask->keys.n; i++) {
		buf_add_text(&format, " {{urlquery (.Label ");
		add_key(&format, ask->keys.v[i]);
		buf_add_text(&format, ")}}");
	}
	if (ask->labels)
		buf_add_text(&format, " {{urlquery .Labels}}");
	docker_argv(d, argv, "ps");
	strv_push(argv, "--no-trunc");
	if (ask->all)
		strv_push(argv, "--all");
	strv_push(argv, "--format");
	strv_take(argv, buf_steal(&format));
}

/* --- what is answered */

static bool
is_id(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");

	return text[len] == '\0' && len >= SHORTEST_ID && len <= LONGEST_ID;
}

/* As docker's own rule for names. */
static bool
is_name(const char *text)
{
	const char *const letters = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return *text != '\0' && strchr("_.-", *text) == NULL &&
	    text[strspn(text, letters)] == '\0';
}

/*
 * The container's own name among NAMES, where names that legacy links gave it
 * ("/other/alias") stand with commas between.  Where none is as a name should
 * be it goes by its ID: names are shown, and files are called after them.
 */
static char *
own_name(const char *names, const char *id)
{
	MEM_AUTO char *list = mem_dup(names);
	char *rest = list, *name;

	while ((name = strsep(&rest, ",")) != NULL) {
		name += *name == '/';
		if (is_name(name))
			return mem_dup(name);
	}
	return mem_printf("%.*s", SHORTEST_ID, id);
}

static bool
begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

static enum state_kind
state_of(const char *status)
{
	if (begins(status, "Up"))
		return strcasestr(status, "(Paused)") != NULL ? STATE_PAUSED :
		    STATE_RUNNING;
	if (begins(status, "Paused"))
		return STATE_PAUSED;
	if (begins(status, "Restarting"))
		return STATE_RESTARTING;
	return *status != '\0' ? STATE_STOPPED : STATE_UNKNOWN;
}

/* Podman says "(starting)" where docker says "(health: starting)". */
static enum health
health_of(const char *status)
{
	if (!begins(status, "Up"))
		return HEALTH_NONE;
	if (strstr(status, "(healthy)") != NULL)
		return HEALTH_HEALTHY;
	if (strstr(status, "(unhealthy)") != NULL)
		return HEALTH_UNHEALTHY;
	return strstr(status, "starting)") != NULL ? HEALTH_STARTING :
	    HEALTH_NONE;
}

/* Hand over the field at I. */
static char *
take(struct strv *values, size_t i)
{
	char *text = values->v[i];

	values->v[i] = NULL;
	return text;
}

static void
fill(struct container *c, const struct inventory_ask *ask, struct strv *values)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->id = take(values, FIELD_ID);
	c->name = own_name(values->v[FIELD_NAMES], c->id);
	c->image = take(values, FIELD_IMAGE);
	c->status = take(values, FIELD_STATUS);
	c->state = state_of(c->status);
	c->health = health_of(c->status);
	c->project = take(values, FIELD_PROJECT);
	c->service = take(values, FIELD_SERVICE);
	c->number = take(values, FIELD_NUMBER);
	c->oneoff = strcasecmp(values->v[FIELD_ONEOFF], "true") == 0;
	c->directory = take(values, FIELD_DIRECTORY);
	c->swarm_service = take(values, FIELD_SWARM_SERVICE);
	c->swarm_task = take(values, FIELD_SWARM_TASK);
	c->swarm_task_id = take(values, FIELD_SWARM_TASK_ID);
	for (i = FIELD_COUNT; i < FIELD_COUNT + ask->keys.n; i++)
		strv_take(&c->values, take(values, i));
	if (ask->labels)
		c->labels = take(values, i);
}

static int
refuse(struct error *e, const char *line, size_t len)
{
	MEM_AUTO char *text = mem_printf("%.*s",
	    len < 2 * SHOWN ? (int)len : 2 * SHOWN, line);
	MEM_AUTO char *shown = text_printable(text, SHOWN);

	return error_set(e, "docker ps has said what was not asked: '%s'",
	    shown);
}

static int
parse_line(struct inventory *to, const struct inventory_ask *ask,
    const char *line, size_t len, struct error *e)
{
	STRV_AUTO struct strv values = { 0 };

	if (!fields_split(&values, line, len,
	    FIELD_COUNT + ask->keys.n + (ask->labels ? 1 : 0)) ||
	    !is_id(values.v[FIELD_ID]))
		return refuse(e, line, len);
	if (to->n >= MOST_CONTAINERS)
		return error_set(e, "more than %d containers",
		    MOST_CONTAINERS);
	if (to->n == to->room) {
		to->room = to->room ? to->room * 2 : 64;
		to->v = mem_grow(to->v, to->room, sizeof(*to->v));
	}
	fill(&to->v[to->n++], ask, &values);
	return 0;
}

int
inventory_parse(struct inventory *to, const struct inventory_ask *ask,
    const char *text, size_t len, struct error *e)
{
	const char *end = text + len, *stop;

	strv_clear(&to->keys);
	strv_pushv(&to->keys, strv_argv(&ask->keys));
	for (; text < end; text = stop + 1) {
		stop = memchr(text, '\n', (size_t)(end - text));
		/* What has no end has been cut off. */
		if (stop == NULL)
			return refuse(e, text, (size_t)(end - text));
		if (stop > text && parse_line(to, ask, text,
		    (size_t)(stop - text), e) == -1)
			return -1;
	}
	return 0;
}

/*
 * Whether KEY stands in LABELS with no value.  A value with commas could make
 * it look so, but who sets that could have set the label as well.
 */
static bool
is_listed(const char *labels, const char *key)
{
	size_t len = strlen(key);

	while (labels != NULL) {
		if (strncmp(labels, key, len) == 0 && labels[len] == '=' &&
		    (labels[len + 1] == ',' || labels[len + 1] == '\0'))
			return true;
		labels = strchr(labels, ',');
		if (labels != NULL)
			labels++;
	}
	return false;
}

bool
inventory_has_label(const struct inventory *inventory,
    const struct container *c, const char *key, const char *value)
{
	size_t i = find_key(&inventory->keys, key);

	if (i >= c->values.n)
		return false;
	if (*c->values.v[i] != '\0')
		return value == NULL || strcmp(c->values.v[i], value) == 0;
	return (value == NULL || *value == '\0') && is_listed(c->labels, key);
}

static void
container_clear(struct container *c)
{
	char *const texts[] = { c->id, c->name, c->image, c->status, c->project,
		c->service, c->number, c->directory, c->swarm_service,
		c->swarm_task, c->swarm_task_id, c->labels };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		free(texts[i]);
	strv_clear(&c->values);
}

void
inventory_clear(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n; i++)
		container_clear(&inventory->v[i]);
	free(inventory->v);
	strv_clear(&inventory->keys);
	memset(inventory, 0, sizeof(*inventory));
}
