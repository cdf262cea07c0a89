/* SPDX-License-Identifier: ISC */
#include "fanout/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"
#include "fanout/select.h"
#include "fanout/selector.h"
#include "fanout/swarm.h"
#include "run/ask.h"

#define LIMIT_MS	10000	/* for an engine to answer */

struct parts {
	struct selectors take, leave;
};

static int
parse(const struct resolve_request *r, struct parts *p, struct error *e)
{
	if (selectors_parse(&p->take, r->target, r->groups, e) == -1)
		return -1;
	for (size_t i = 0; r->exclude != NULL && i < r->exclude->n; i++)
		if (selectors_parse(&p->leave, r->exclude->v[i], r->groups,
		    e) == -1)
			return error_context(e, "-x");
	return 0;
}

/* One context is docker's own affair; of several each has a name. */
static void
add_common(const struct resolve_request *r, struct resolved *to)
{
	struct docker docker = r->docker;
	char *list, *rest, *name;

	if (docker.context == NULL || strchr(docker.context, ',') == NULL) {
		engines_add(&to->engines, &docker, NULL)->common = true;
		return;
	}
	docker.host = NULL;
	rest = list = mem_dup(docker.context);
	while ((name = strsep(&rest, ",")) != NULL)
		if (*name != '\0' &&
		    engines_named(&to->engines, name) == NULL)
			engines_add(&to->engines, &docker, name)->common = true;
	free(list);
}

static void
add_named(const struct resolve_request *r, const struct selectors *s,
    struct resolved *to)
{
	struct docker docker = { .program = r->docker.program };
	const char *context;

	for (size_t i = 0; i < s->n; i++) {
		context = s->v[i].context;
		if (context != NULL &&
		    engines_named(&to->engines, context) == NULL)
			engines_add(&to->engines, &docker, context);
	}
}

static bool
is_meant(const struct selectors *s, const struct engine_row *row)
{
	const char *context;

	for (size_t i = 0; i < s->n; i++) {
		context = s->v[i].context;
		if (context == NULL ? row->common : row->name != NULL &&
		    strcmp(context, row->name) == 0)
			return true;
	}
	return false;
}

static int
read_answer(struct engine_row *row, const struct question *q,
    const struct inventory_ask *ask)
{
	ERROR_AUTO struct error e = { 0 };

	if (!question_answered(q)) {
		row->lost = question_complaint(q);
		return -1;
	}
	if (inventory_parse(&row->inventory, ask, buf_text(&q->capture.out),
	    q->capture.out.len, &e) == 0)
		return 0;
	row->lost = mem_dup(e.text);
	return -1;
}

/* docker ps, of all engines that some part is about. */
static int
take_stock(const struct resolve_request *r, const struct parts *p,
    struct resolved *to, struct error *e)
{
	size_t n = to->engines.n;
	struct question *q = mem_zero(n, sizeof(*q));
	struct inventory_ask *asks = mem_zero(n, sizeof(*asks));
	struct engine_row *row;
	size_t asked = 0, at = 0;
	int rc;

	for (size_t i = 0; i < n; i++) {
		row = to->engines.v[i];
		if (!is_meant(&p->take, row))
			continue;
		inventory_ask_for(&asks[asked], &p->take, row->name);
		inventory_ask_for(&asks[asked], &p->leave, row->name);
		asks[asked].all |= r->waiting;
		inventory_argv(&row->docker, &asks[asked], &q[asked].argv);
		asked++;
	}
	rc = ask(q, asked, LIMIT_MS, r->say, e);
	if (rc > 0)
		to->signo = rc;
	for (size_t i = 0; i < n; i++) {
		row = to->engines.v[i];
		if (!is_meant(&p->take, row))
			continue;
		if (rc == 0)
			read_answer(row, &q[at], &asks[at]);
		question_clear(&q[at]);
		inventory_ask_clear(&asks[at]);
		at++;
	}
	free(q);
	free(asks);
	return rc == -1 ? -1 : 0;
}

static int
choose(const struct resolve_request *r, const struct parts *p,
    struct resolved *to, struct error *e)
{
	struct engine *view = mem_zero(to->engines.n, sizeof(*view));
	struct selection selection = { .take = &p->take, .leave = &p->leave,
	    .engines = view, .engine_count = to->engines.n,
	    .project = r->project, .directory = r->directory,
	    .pick = r->pick, .waiting = r->waiting };
	struct engine_row *row;
	int rc;

	for (size_t i = 0; i < to->engines.n; i++) {
		row = to->engines.v[i];
		view[i] = (struct engine){ .context = row->name,
		    .common = row->common && !row->node,
		    .lost = row->lost != NULL,
		    .inventory = row->lost == NULL ? &row->inventory : NULL };
	}
	rc = select_targets(&selection, &to->targets, e);
	free(view);
	return rc;
}

/* One that did not answer is a target that failed; the only one, an error. */
static int
report_lost(const struct resolve_request *r, struct resolved *to,
    struct error *e)
{
	MEM_AUTO char *target = text_printable(r->target, 200);
	struct engine_row *row;

	for (size_t i = 0; i < to->engines.n; i++) {
		row = to->engines.v[i];
		if (row->lost == NULL || row->node)
			continue;
		if (to->engines.n == 1)
			return error_set(e, "%s: cannot reach the engine: %s",
			    target, row->lost);
		resolved_lose(to, row->name != NULL ?
		    mem_printf("%s/", row->name) : mem_dup("docker"),
		    mem_dup(row->lost));
	}
	return 0;
}

int
resolve(const struct resolve_request *r, struct resolved *to,
    struct error *e)
{
	struct parts p = { 0 };
	int rc;

	memset(to, 0, sizeof(*to));
	rc = parse(r, &p, e);
	if (rc == 0) {
		add_common(r, to);
		add_named(r, &p.take, to);
		add_named(r, &p.leave, to);
		rc = take_stock(r, &p, to, e);
	}
	if (rc == 0 && to->signo == 0)
		rc = report_lost(r, to, e);
	if (rc == 0 && to->signo == 0)
		rc = swarm_resolve(r, &p.take, to, e);
	if (rc == 0 && to->signo == 0)
		rc = choose(r, &p, to, e);
	selectors_clear(&p.take);
	selectors_clear(&p.leave);
	return rc;
}

void
resolved_lose(struct resolved *to, char *name, char *reason)
{
	to->lost = mem_grow(to->lost, to->lost_count + 1, sizeof(*to->lost));
	to->lost[to->lost_count++] = (struct lost){ name, reason };
}

void
resolved_clear(struct resolved *to)
{
	for (size_t i = 0; i < to->lost_count; i++) {
		free(to->lost[i].name);
		free(to->lost[i].reason);
	}
	free(to->lost);
	targets_clear(&to->targets);
	engines_clear(&to->engines);
	memset(to, 0, sizeof(*to));
}
