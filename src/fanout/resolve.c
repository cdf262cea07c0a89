/* SPDX-License-Identifier: ISC */
#include "fanout/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/select.h"
#include "fanout/selector.h"
#include "fanout/swarm.h"

#define SHOWN	200

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
add_common(const struct resolve_request *r, struct engines *engines)
{
	MEM_AUTO char *list = mem_dup(r->docker.context);
	char *rest = list, *name;

	if (list == NULL || strchr(list, ',') == NULL) {
		engines_add(engines, &r->docker, NULL)->common = true;
		return;
	}
	while ((name = strsep(&rest, ",")) != NULL)
		if (*name != '\0' && engines_named(engines, name) == NULL)
			engines_add(engines, &r->docker, name)->common = true;
}

static void
add_named(const struct resolve_request *r, const struct selectors *s,
    struct engines *engines)
{
	struct docker docker = { .program = r->docker.program };
	const char *context;

	for (size_t i = 0; i < s->n; i++) {
		context = s->v[i].context;
		if (context != NULL && engines_named(engines, context) == NULL)
			engines_add(engines, &docker, context);
	}
}

/* Those that parts of TARGET or -x are about, and no others. */
static int
add_engines(const struct resolve_request *r, const struct parts *p,
    struct engines *engines, struct error *e)
{
	bool common = false;

	for (size_t i = 0; i < p->take.n; i++)
		common |= p->take.v[i].context == NULL;
	if (common)
		add_common(r, engines);
	add_named(r, &p->take, engines);
	add_named(r, &p->leave, engines);
	return engines->n > 0 ? 0 : error_usage(e, "--context names none");
}

static bool
is_about(const struct selectors *s, const struct engine_row *row)
{
	for (size_t i = 0; i < s->n; i++)
		if (engine_is_meant(row, &s->v[i]))
			return true;
	return false;
}

/* A service's containers are asked for where its tasks are. */
static void
want_stock(const struct parts *p, struct engines *engines)
{
	struct engine_row *row;

	for (size_t i = 0; i < engines->n; i++) {
		row = engines->v[i];
		row->wanted = !is_about(&p->take, row);
		for (size_t k = 0; k < p->take.n; k++)
			row->wanted |= p->take.v[k].kind != SELECTOR_SWARM &&
			    engine_is_meant(row, &p->take.v[k]);
	}
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

static size_t
count_engines(const struct engines *engines)
{
	size_t n = 0;

	for (size_t i = 0; i < engines->n; i++)
		n += !engines->v[i]->node;
	return n;
}

/*
 * One that did not answer is a target that failed; the only one, an error, and
 * so is one of which we do not know what -x would leave out.
 */
static int
report_lost(const struct resolve_request *r, const struct parts *p,
    struct resolved *to, struct error *e)
{
	MEM_AUTO char *target = text_printable(r->target, SHOWN);
	struct engine_row *row;
	bool alone = count_engines(&to->engines) == 1;

	for (size_t i = 0; i < to->engines.n; i++) {
		row = to->engines.v[i];
		if (row->lost == NULL || row->node)
			continue;
		if (!is_about(&p->take, row))
			return error_set(e, "-x: cannot reach the engine: %s",
			    row->lost);
		if (alone)
			return error_set(e, "%s: cannot reach the engine: %s",
			    target, row->lost);
		resolved_lose(to, text_printable(row->name != NULL ?
		    row->name : "docker", SHOWN),
		    mem_printf("cannot reach the engine: %s", row->lost));
	}
	return 0;
}

/* As ask(). */
static int
resolve_parts(const struct resolve_request *r, const struct parts *p,
    struct resolved *to, struct error *e)
{
	struct engines_ask how = { .take = &p->take, .leave = &p->leave,
	    .all = r->waiting, .limit = r->limit, .say = r->say };
	int rc;

	if (add_engines(r, p, &to->engines, e) == -1)
		return -1;
	want_stock(p, &to->engines);
	rc = engines_take_stock(&to->engines, &how, e);
	if (rc == 0)
		rc = swarm_resolve(r, &how, to, e);
	if (rc == 0)
		rc = report_lost(r, p, to, e);
	return rc == 0 ? choose(r, p, to, e) : rc;
}

int
resolve(const struct resolve_request *r, struct resolved *to,
    struct error *e)
{
	struct parts p = { 0 };
	int rc;

	memset(to, 0, sizeof(*to));
	rc = parse(r, &p, e);
	if (rc == 0)
		rc = resolve_parts(r, &p, to, e);
	if (rc > 0)
		to->signo = rc;
	selectors_clear(&p.take);
	selectors_clear(&p.leave);
	return rc == -1 ? -1 : 0;
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
