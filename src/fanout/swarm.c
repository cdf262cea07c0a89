/* SPDX-License-Identifier: ISC */
#include "fanout/swarm.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/resolve.h"
#include "fanout/selector.h"
#include "run/ask.h"

#define LIMIT_MS	10000

#define FORMAT	"{{.ID}} {{.Name}} {{.Node}} {{.CurrentState}}"

struct swarm {
	const struct resolve_request *request;
	struct resolved *to;
	struct error *error;
	struct strv contexts;		/* docker's */
	struct swarm_task *tasks;
	size_t n;
};

/* What a manager is asked. */
enum { ASK_TASKS, ASK_NODE, ASK_CONTEXTS, ASKED };

static char *
next_word(char **rest)
{
	char *word = strsep(rest, " ");

	return mem_dup(word != NULL ? word : "");
}

static void
read_tasks(struct swarm *s, char *text)
{
	char *line;

	while ((line = strsep(&text, "\r\n")) != NULL) {
		if (*line == '\0')
			continue;
		s->tasks = mem_grow(s->tasks, s->n + 1, sizeof(*s->tasks));
		s->tasks[s->n].id = next_word(&line);
		s->tasks[s->n].name = next_word(&line);
		s->tasks[s->n].node = next_word(&line);
		s->tasks[s->n++].state = mem_dup(line != NULL ? line : "");
	}
}

static void
read_lines(struct strv *to, char *text)
{
	char *line;

	while ((line = strsep(&text, "\r\n")) != NULL)
		if (*line != '\0')
			strv_push(to, line);
}

static void
make_questions(const struct docker *d, const char *service,
    struct question *q)
{
	docker_argv(d, &q[ASK_TASKS].argv, "service");
	strv_push(&q[ASK_TASKS].argv, "ps");
	strv_push(&q[ASK_TASKS].argv, "--no-trunc");
	strv_push(&q[ASK_TASKS].argv, "--filter");
	strv_push(&q[ASK_TASKS].argv, "desired-state=running");
	strv_push(&q[ASK_TASKS].argv, "--format");
	strv_push(&q[ASK_TASKS].argv, FORMAT);
	docker_argv_target(&q[ASK_TASKS].argv, service);
	docker_argv(d, &q[ASK_NODE].argv, "info");
	strv_push(&q[ASK_NODE].argv, "--format");
	strv_push(&q[ASK_NODE].argv, "{{.Name}}");
	docker_argv(d, &q[ASK_CONTEXTS].argv, "context");
	strv_push(&q[ASK_CONTEXTS].argv, "ls");
	strv_push(&q[ASK_CONTEXTS].argv, "--format");
	strv_push(&q[ASK_CONTEXTS].argv, "{{.Name}}");
}

/* A row for the manager's own node, by the docker that reached the manager. */
static void
add_own_node(struct swarm *s, const struct docker *d, char *answer)
{
	struct engine_row *row;

	answer[strcspn(answer, "\r\n")] = '\0';
	if (*answer == '\0' ||
	    engines_named(&s->to->engines, answer) != NULL)
		return;
	row = engines_add(&s->to->engines, d, answer);
	row->docker = *d;
	row->node = true;
}

/* Ask one manager; 1 when it knows the service, 0 and WHY when not. */
static int
ask_manager(struct swarm *s, const struct docker *d, const char *service,
    char **why)
{
	struct question q[ASKED] = { 0 };
	int rc, known = 0;

	make_questions(d, service, q);
	rc = ask(q, ASKED, LIMIT_MS, s->request->say, s->error);
	if (rc == 0 && question_answered(&q[ASK_TASKS])) {
		known = 1;
		read_tasks(s, q[ASK_TASKS].capture.out.data);
		read_lines(&s->contexts, q[ASK_CONTEXTS].capture.out.data);
		if (question_answered(&q[ASK_NODE]) &&
		    q[ASK_NODE].capture.out.data != NULL)
			add_own_node(s, d, q[ASK_NODE].capture.out.data);
	} else if (rc == 0 && *why == NULL)
		*why = question_complaint(&q[ASK_TASKS]);
	for (size_t i = 0; i < ASKED; i++)
		question_clear(&q[i]);
	if (rc > 0)
		s->to->signo = rc;
	return rc == -1 ? -1 : known;
}

static bool
means(const struct selector *part, const struct engine_row *row)
{
	if (row->node)
		return false;
	if (part->context == NULL)
		return row->common;
	return row->name != NULL && strcmp(row->name, part->context) == 0;
}

/* The first engine that is a manager and knows the service will do. */
static int
find_tasks(struct swarm *s, const struct selector *part)
{
	MEM_AUTO char *why = NULL, *shown = text_printable(part->part, 200);
	size_t engines = s->to->engines.n, before = s->n;
	int known = 0;

	for (size_t i = 0; i < engines && known == 0 && s->to->signo == 0;
	    i++) {
		if (!means(part, s->to->engines.v[i]))
			continue;
		known = ask_manager(s, &s->to->engines.v[i]->docker,
		    part->word, &why);
	}
	if (known == 0 && s->to->signo == 0)
		return error_set(s->error, "%s: %s", shown,
		    why != NULL ? why : "no engine to ask");
	if (known == 1 && s->n == before)
		return error_set(s->error, "%s: the service has no tasks",
		    shown);
	return known == -1 ? -1 : 0;
}

char *
swarm_host(const char *template, const char *node)
{
	struct buf b = { 0 };

	for (; *template != '\0'; template++) {
		if (template[0] != '%') {
			buf_add_byte(&b, *template);
			continue;
		}
		if (template[1] == 'n')
			buf_add_text(&b, node);
		else if (template[1] != '\0')
			buf_add_byte(&b, template[1]);
		else
			break;
		template++;
	}
	return buf_steal(&b);
}

static bool
has_context(const struct swarm *s, const char *name)
{
	for (size_t i = 0; i < s->contexts.n; i++)
		if (strcmp(s->contexts.v[i], name) == 0)
			return true;
	return false;
}

/* The node's engine, known already or by context or host. */
static void
add_node(struct swarm *s, const char *node)
{
	struct docker docker = { .program = s->request->docker.program };
	const char *template = s->request->swarm_host;
	struct engine_row *row = engines_named(&s->to->engines, node);

	if (row != NULL)
		return;
	row = engines_add(&s->to->engines, &docker, node);
	row->node = true;
	if (has_context(s, node))
		return;
	row->docker.context = NULL;
	if (template != NULL)
		row->docker.host = row->host = swarm_host(template, node);
	else
		row->lost = mem_printf("no docker context has the node's name, "
		    "and swarm-host is not set");
}

/* docker ps on each node that has not been looked at. */
static int
look_at_nodes(struct swarm *s, size_t first)
{
	struct inventory_ask what = { 0 };
	struct engines *engines = &s->to->engines;
	struct question *q = mem_zero(engines->n + 1, sizeof(*q));
	struct engine_row **rows = mem_zero(engines->n + 1, sizeof(*rows));
	ERROR_AUTO struct error e = { 0 };
	size_t n = 0;
	int rc;

	for (size_t i = first; i < engines->n; i++) {
		if (engines->v[i]->lost != NULL)
			continue;
		rows[n] = engines->v[i];
		inventory_argv(&rows[n]->docker, &what, &q[n].argv);
		n++;
	}
	rc = ask(q, n, LIMIT_MS, s->request->say, s->error);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0 && !question_answered(&q[i]))
			rows[i]->lost = question_complaint(&q[i]);
		else if (rc == 0 && inventory_parse(&rows[i]->inventory, &what,
		    buf_text(&q[i].capture.out), q[i].capture.out.len,
		    &e) == -1)
			rows[i]->lost = mem_dup(e.text);
		question_clear(&q[i]);
	}
	free(q);
	free(rows);
	if (rc > 0)
		s->to->signo = rc;
	return rc == -1 ? -1 : 0;
}

static const struct container *
find_container(const struct engine_row *row, const char *task)
{
	for (size_t i = 0; i < row->inventory.n; i++)
		if (strcmp(row->inventory.v[i].swarm_task_id, task) == 0)
			return &row->inventory.v[i];
	return NULL;
}

static void
add_target(struct swarm *s, const struct swarm_task *task)
{
	const struct engine_row *row =
	    engines_named(&s->to->engines, task->node);
	const struct container *c;
	char *name = mem_printf("%s/%s", task->node, task->name);

	if (row == NULL || *task->node == '\0') {
		resolved_lose(s->to, name, mem_printf("it is on no node (%s)",
		    task->state));
		return;
	}
	c = row->lost == NULL ? find_container(row, task->id) : NULL;
	if (c != NULL) {
		targets_add(&s->to->targets, c, row->name);
		free(name);
	} else if (row->lost != NULL)
		resolved_lose(s->to, name, mem_printf("cannot reach its node: "
		    "%s", row->lost));
	else
		resolved_lose(s->to, name, mem_printf("it does not run (%s)",
		    task->state));
}

static int
resolve_parts(struct swarm *s, const struct selectors *parts)
{
	size_t first = s->to->engines.n;

	for (size_t i = 0; i < parts->n && s->to->signo == 0; i++)
		if (parts->v[i].kind == SELECTOR_SWARM &&
		    find_tasks(s, &parts->v[i]) == -1)
			return -1;
	for (size_t i = 0; i < s->n; i++)
		if (*s->tasks[i].node != '\0')
			add_node(s, s->tasks[i].node);
	if (s->n == 0 || s->to->signo != 0)
		return 0;
	if (look_at_nodes(s, first) == -1)
		return -1;
	for (size_t i = 0; i < s->n && s->to->signo == 0; i++)
		add_target(s, &s->tasks[i]);
	return 0;
}

int
swarm_resolve(const struct resolve_request *r, const struct selectors *parts,
    struct resolved *to, struct error *e)
{
	struct swarm s = { .request = r, .to = to, .error = e };
	int rc = resolve_parts(&s, parts);

	for (size_t i = 0; i < s.n; i++) {
		free(s.tasks[i].id);
		free(s.tasks[i].name);
		free(s.tasks[i].node);
		free(s.tasks[i].state);
	}
	free(s.tasks);
	strv_clear(&s.contexts);
	return rc;
}
