/* SPDX-License-Identifier: ISC */
#include "fanout/swarm.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/fields.h"
#include "fanout/node.h"
#include "fanout/resolve.h"
#include "fanout/selector.h"
#include "fanout/task.h"
#include "run/ask.h"

#define SHOWN		200
#define NO_TASKS	"the service has no tasks"

/* What is asked: docker for its contexts, and an engine for... */
enum subject { CONTEXTS, NODE_NAME, TASKS };

struct inquiry {
	enum subject subject;
	struct engine_row *row;		/* NULL: none */
	const struct selector *part;	/* TASKS: of this service */
};

struct swarm {
	const struct resolve_request *request;
	const struct engines_ask *how;
	struct resolved *to;
	struct tasks tasks;
	struct strv contexts;		/* all that docker has */
	struct inquiry *inquiries;
	struct question *questions;	/* the same in docker's words */
	size_t n;
};

/* --- asking */

static struct strv *
add_question(struct swarm *s, struct inquiry inquiry)
{
	s->inquiries = mem_grow(s->inquiries, s->n + 1, sizeof(*s->inquiries));
	s->questions = mem_grow(s->questions, s->n + 1, sizeof(*s->questions));
	s->inquiries[s->n] = inquiry;
	s->questions[s->n] = (struct question){ 0 };
	return &s->questions[s->n++].argv;
}

static void
ask_contexts(struct swarm *s)
{
	struct docker local = { .program = s->request->docker.program };
	struct strv *argv = add_question(s, (struct inquiry){ CONTEXTS });

	docker_argv(&local, argv, "context");
	strv_push(argv, "ls");
	strv_push(argv, "--format");
	strv_push(argv, "{{urlquery .Name}}");
}

/* What the others call this node; a name set for it goes before the host's. */
static void
ask_node_name(struct swarm *s, struct engine_row *row)
{
	struct strv *argv = add_question(s, (struct inquiry){ NODE_NAME, row });

	docker_argv(&row->docker, argv, "node");
	strv_push(argv, "inspect");
	strv_push(argv, "--format");
	strv_push(argv, "{{urlquery (or .Spec.Name .Description.Hostname)}}");
	strv_push(argv, "self");
}

static void
ask_engine(struct swarm *s, struct engine_row *row)
{
	const struct selectors *take = s->how->take;
	const struct selector *part;
	bool any = false;

	for (size_t i = 0; i < take->n; i++) {
		part = &take->v[i];
		if (part->kind != SELECTOR_SWARM ||
		    !engine_is_meant(row, part))
			continue;
		any = true;
		tasks_argv(&row->docker, part->word, add_question(s,
		    (struct inquiry){ TASKS, row, part }));
	}
	if (any)
		ask_node_name(s, row);
}

/* --- answers */

/* The next line's only field, or NULL when there is none. */
static char *
next_word(const char **text)
{
	STRV_AUTO struct strv fields = { 0 };
	size_t len = strcspn(*text, "\n");
	const char *line = *text;

	*text += len + (line[len] == '\n');
	if (len == 0 || !fields_split(&fields, line, len, 1))
		return NULL;
	return mem_dup(fields.v[0]);
}

static void
read_contexts(struct swarm *s, const char *text)
{
	char *name;

	while (*text != '\0')
		if ((name = next_word(&text)) != NULL)
			strv_take(&s->contexts, name);
}

/* A row for the manager's own node, by the docker that reached the manager. */
static void
read_node_name(struct swarm *s, const struct engine_row *manager,
    const char *text)
{
	MEM_AUTO char *name = next_word(&text);
	struct engine_row *row;

	if (name == NULL || !node_is_name(name) ||
	    engines_named(&s->to->engines, name) != NULL)
		return;
	row = engines_add(&s->to->engines, &manager->docker, name);
	row->docker = manager->docker;
	row->node = true;
}

/*
 * Whether the engine has answered, though it has no such tasks: what is no
 * manager says so, and docker itself says that there is no such service.
 */
static bool
is_denial(const char *complaint)
{
	return strcmp(complaint, NO_TASKS) == 0 ||
	    strstr(complaint, "not a swarm manager") != NULL ||
	    strstr(complaint, "no such service") != NULL;
}

/* 1 when the part's service has tasks there, 0 and WHY when not. */
static int
read_tasks(struct swarm *s, const struct inquiry *i, const struct question *q,
    char **why)
{
	ERROR_AUTO struct error e = { 0 };
	char *complaint;

	if (!question_answered(q))
		complaint = question_complaint(q);
	else if (q->capture.out.len == 0)
		complaint = mem_dup(NO_TASKS);
	else if (tasks_parse(&s->tasks, buf_text(&q->capture.out),
	    q->capture.out.len, &e) == -1)
		complaint = mem_dup(e.text);
	else
		return 1;
	if (!is_denial(complaint))
		engine_lose(i->row, mem_dup(complaint));
	if (*why == NULL)
		*why = complaint;
	else
		free(complaint);
	return 0;
}

/* Somebody has to know the part's service, or may do. */
static int
read_part(struct swarm *s, const struct selector *part, struct error *e)
{
	MEM_AUTO char *why = NULL, *shown = text_printable(part->part, SHOWN);
	const struct engines *engines = &s->to->engines;
	bool known = false;

	for (size_t i = 0; i < s->n; i++)
		if (s->inquiries[i].part == part)
			known |= read_tasks(s, &s->inquiries[i],
			    &s->questions[i], &why) == 1;
	for (size_t i = 0; i < engines->n; i++)
		known |= engine_is_meant(engines->v[i], part) &&
		    engines->v[i]->lost != NULL;
	return known ? 0 : error_set(e, "'%s': %s", shown,
	    why != NULL ? why : "no engine to ask");
}

static int
read_answers(struct swarm *s, struct error *e)
{
	const struct selectors *take = s->how->take;
	const char *text;

	for (size_t i = 0; i < take->n; i++)
		if (take->v[i].kind == SELECTOR_SWARM &&
		    read_part(s, &take->v[i], e) == -1)
			return -1;
	for (size_t i = 0; i < s->n; i++) {
		if (!question_answered(&s->questions[i]))
			continue;
		text = buf_text(&s->questions[i].capture.out);
		if (s->inquiries[i].subject == CONTEXTS)
			read_contexts(s, text);
		else if (s->inquiries[i].subject == NODE_NAME)
			read_node_name(s, s->inquiries[i].row, text);
	}
	return 0;
}

static int
find_tasks(struct swarm *s, struct error *e)
{
	const struct engines *engines = &s->to->engines;
	int rc;

	for (size_t i = 0; i < engines->n; i++)
		if (engines->v[i]->lost == NULL)
			ask_engine(s, engines->v[i]);
	if (s->n > 0)
		ask_contexts(s);
	rc = ask(s->questions, s->n, s->how->limit, s->how->say, e);
	return rc == 0 ? read_answers(s, e) : rc;
}

/* --- nodes */

static bool
has_context(const struct swarm *s, const char *name)
{
	for (size_t i = 0; i < s->contexts.n; i++)
		if (strcmp(s->contexts.v[i], name) == 0)
			return true;
	return false;
}

static void
add_node(struct swarm *s, const char *node)
{
	struct docker docker = { .program = s->request->docker.program };
	const char *template = s->request->swarm_host;
	struct engine_row *row = engines_add(&s->to->engines, &docker, node);

	row->node = true;
	if (!node_is_name(node)) {
		row->lost = mem_dup("that is no name for a host");
		return;
	}
	if (has_context(s, node))
		return;
	row->docker.context = NULL;
	if (template != NULL)
		row->docker.host = row->host = node_host(template, node);
	else
		row->lost = mem_dup("no docker context has the node's name, "
		    "and swarm-host is not set");
}

static void
want_nodes(struct swarm *s)
{
	struct engines *engines = &s->to->engines;
	const char *node;

	for (size_t i = 0; i < s->tasks.n; i++) {
		node = s->tasks.v[i].node;
		if (*node == '\0')
			continue;
		if (engines_named(engines, node) == NULL)
			add_node(s, node);
		engines_named(engines, node)->wanted = true;
	}
}

/* --- targets */

static const struct container *
find_container(const struct engine_row *row, const char *task)
{
	for (size_t i = 0; i < row->inventory.n; i++)
		if (strcmp(row->inventory.v[i].swarm_task_id, task) == 0)
			return &row->inventory.v[i];
	return NULL;
}

static void
lose_task(struct swarm *s, const struct task *task,
    const struct engine_row *row)
{
	MEM_AUTO char *name = mem_printf("%s%s%s", task->node,
	    row != NULL ? "/" : "", task->name);
	MEM_AUTO char *state = text_printable(task->state, SHOWN);
	char *reason;

	if (row == NULL)
		reason = mem_printf("it is on no node (%s)", state);
	else if (row->lost != NULL)
		reason = mem_printf("cannot reach the node: %s", row->lost);
	else
		reason = mem_printf("the node has no container of it (%s)",
		    state);
	resolved_lose(s->to, text_printable(name, SHOWN), reason);
}

static void
add_target(struct swarm *s, const struct task *task)
{
	const struct engine_row *row = *task->node != '\0' ?
	    engines_named(&s->to->engines, task->node) : NULL;
	const struct container *c = NULL;

	if (row != NULL && row->lost == NULL)
		c = find_container(row, task->id);
	if (c != NULL)
		targets_add(&s->to->targets, c, row->name);
	else
		lose_task(s, task, row);
}

static int
resolve_tasks(struct swarm *s, struct error *e)
{
	int rc = find_tasks(s, e);

	if (rc != 0)
		return rc;
	want_nodes(s);
	rc = engines_take_stock(&s->to->engines, s->how, e);
	for (size_t i = 0; i < s->tasks.n && rc == 0; i++)
		add_target(s, &s->tasks.v[i]);
	return rc;
}

int
swarm_resolve(const struct resolve_request *r, const struct engines_ask *how,
    struct resolved *to, struct error *e)
{
	struct swarm s = { .request = r, .how = how, .to = to };
	int rc = resolve_tasks(&s, e);

	for (size_t i = 0; i < s.n; i++)
		question_clear(&s.questions[i]);
	free(s.questions);
	free(s.inquiries);
	tasks_clear(&s.tasks);
	strv_clear(&s.contexts);
	return rc;
}
