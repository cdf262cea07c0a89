/* SPDX-License-Identifier: ISC */
#include "fanout/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/strv.h"
#include "base/text.h"
#include "fanout/image.h"
#include "fanout/inventory.h"
#include "fanout/project.h"
#include "fanout/selector.h"
#include "fanout/target.h"

#define SHOWN	80

/* One part, while it is looked for. */
struct search {
	const struct selection *in;
	const struct selector *part;
	bool leaving;		/* it is -x's */
	char *project;		/* for @compose */
	struct targets *to;
	struct error *error;
};

/* Whether the part means ENGINE. */
static bool
means(const struct search *s, const struct engine *engine)
{
	if (s->part->context == NULL)
		return engine->common || s->leaving;
	return engine->context != NULL &&
	    strcmp(engine->context, s->part->context) == 0;
}

/* The next engine that the part means and that has said something. */
static const struct engine *
next_engine(const struct search *s, const struct engine *after)
{
	const struct engine *all = s->in->engines;
	size_t i = after != NULL ? (size_t)(after - all) + 1 : 0;

	for (; i < s->in->engine_count; i++)
		if (means(s, &all[i]) && all[i].inventory != NULL)
			return &all[i];
	return NULL;
}

/* Whether what the part is about could be where no answer came from. */
static bool
may_be_lost(const struct search *s)
{
	for (size_t i = 0; i < s->in->engine_count; i++)
		if (s->in->engines[i].lost && means(s, &s->in->engines[i]))
			return true;
	return false;
}

/* --- names */

typedef bool name_rule(const struct container *, const char *word);

static bool
is_called(const struct container *c, const char *word)
{
	return strcmp(c->name, word) == 0;
}

static bool
is_id(const struct container *c, const char *word)
{
	return strcmp(c->id, word) == 0;
}

static bool
begins_id(const struct container *c, const char *word)
{
	return *word != '\0' && strncmp(c->id, word, strlen(word)) == 0;
}

static void
take_by(const struct search *s, name_rule *rule)
{
	const struct container *c;

	for (const struct engine *e = next_engine(s, NULL); e != NULL;
	    e = next_engine(s, e))
		for (size_t i = 0; i < e->inventory->n; i++) {
			c = &e->inventory->v[i];
			if (rule(c, s->part->word))
				targets_add(s->to, c, e->context);
		}
}

static int
refuse_ambiguous(const struct search *s, const struct targets *found)
{
	MEM_AUTO char *word = text_printable(s->part->word, SHOWN);
	MEM_AUTO char *folded = NULL, *shown = NULL;
	STRV_AUTO struct strv names = { 0 };

	for (size_t i = 0; i < found->n; i++)
		strv_push(&names, found->v[i].name);
	folded = natural_fold(strv_argv(&names), names.n);
	shown = text_printable(folded, SHOWN);
	return error_set(s->error, "'%s' begins the IDs of %zu containers: %s",
	    word, found->n, shown);
}

static int
take_by_prefix(const struct search *s)
{
	TARGETS_AUTO struct targets found = { 0 };
	struct search apart = *s;

	apart.to = &found;
	take_by(&apart, begins_id);
	/* Two contexts may lead to one engine. */
	targets_order(&found);
	if (found.n > 1)
		return refuse_ambiguous(s, &found);
	take_by(s, begins_id);
	return 0;
}

static int
take_named(const struct search *s)
{
	size_t before = s->to->n;

	take_by(s, is_called);
	if (s->to->n == before)
		take_by(s, is_id);
	return s->to->n > before ? 0 : take_by_prefix(s);
}

static int
refuse_name(const struct search *s)
{
	MEM_AUTO char *word = text_printable(s->part->word, SHOWN);
	STRV_AUTO struct strv names = { 0 };
	MEM_AUTO char *shown = NULL;
	const char *nearest;

	for (const struct engine *e = next_engine(s, NULL); e != NULL;
	    e = next_engine(s, e))
		for (size_t i = 0; i < e->inventory->n; i++)
			strv_push(&names, e->inventory->v[i].name);
	nearest = text_nearest(s->part->word,
	    (const char *const *)strv_argv(&names));
	if (nearest == NULL)
		return error_set(s->error, "no such container: %s", word);
	shown = text_printable(nearest, SHOWN);
	return error_set(s->error, "no such container: %s (did you mean %s?)",
	    word, shown);
}

/* --- all the others */

static bool
is_of_compose(const struct search *s, const struct container *c)
{
	const struct selector *part = s->part;

	return s->project != NULL && !c->oneoff &&
	    strcmp(c->project, s->project) == 0 &&
	    (part->word == NULL || strcmp(c->service, part->word) == 0) &&
	    (part->replica == 0 ||
	    strtoul(c->number, NULL, 10) == part->replica);
}

/* It runs, or is on its way to. */
static bool
counts(const struct search *s, const struct container *c)
{
	if (c->state == STATE_RUNNING || c->state == STATE_PAUSED)
		return true;
	return s->in->waiting && (c->state == STATE_RESTARTING ||
	    strncmp(c->status, "Created", 7) == 0);
}

static bool
selects(const struct search *s, const struct inventory *inventory,
    const struct container *c)
{
	const struct selector *part = s->part;

	if (!counts(s, c))
		return false;
	switch (part->kind) {
	case SELECTOR_NAME:
		return false;
	case SELECTOR_GLOB:
		return fnmatch(part->word, c->name, 0) == 0;
	case SELECTOR_ALL:
		return true;
	case SELECTOR_LABEL:
		return inventory_has_label(inventory, c, part->word,
		    part->value);
	case SELECTOR_COMPOSE:
		return is_of_compose(s, c);
	case SELECTOR_SWARM:
		return strcmp(c->swarm_service, part->word) == 0;
	case SELECTOR_IMAGE:
		return image_matches(c->image, part->word);
	case SELECTOR_HEALTH:
		return c->health == part->health;
	}
	return false;
}

static void
take_selected(const struct search *s)
{
	const struct container *c;

	for (const struct engine *e = next_engine(s, NULL); e != NULL;
	    e = next_engine(s, e))
		for (size_t i = 0; i < e->inventory->n; i++) {
			c = &e->inventory->v[i];
			if (selects(s, e->inventory, c))
				targets_add(s->to, c, e->context);
		}
}

/* --- the project of @compose */

static int
refuse_rivals(const struct search *s, const struct project_search *found)
{
	MEM_AUTO char *one = text_printable(found->name, SHOWN);
	MEM_AUTO char *other = text_printable(found->rival, SHOWN);
	MEM_AUTO char *part = text_printable(s->part->part, SHOWN);

	return error_set(s->error, "'%s': projects %s and %s were both started "
	    "here (COMPOSE_PROJECT_NAME can name one)", part, one, other);
}

static int
find_project(struct search *s)
{
	struct project_search search = { .directory = s->in->directory };

	if (s->in->project != NULL && *s->in->project != '\0') {
		s->project = mem_dup(s->in->project);
		return 0;
	}
	for (const struct engine *e = next_engine(s, NULL); e != NULL;
	    e = next_engine(s, e))
		project_look(&search, e->inventory);
	if (search.rival != NULL)
		return refuse_rivals(s, &search);
	s->project = mem_dup(search.name);
	return 0;
}

/* --- */

static int
refuse_empty(const struct search *s)
{
	MEM_AUTO char *part = text_printable(s->part->part, SHOWN);
	MEM_AUTO char *project = NULL;

	if (s->part->kind == SELECTOR_NAME)
		return refuse_name(s);
	if (s->part->kind != SELECTOR_COMPOSE)
		return error_set(s->error, "no container matches '%s'", part);
	if (s->project == NULL)
		return error_set(s->error, "'%s': nothing that runs was "
		    "started by compose from here or above "
		    "(COMPOSE_PROJECT_NAME can name a project)", part);
	project = text_printable(s->project, SHOWN);
	return error_set(s->error, "no container matches '%s' (project %s)",
	    part, project);
}

static int
take_part(struct search *s)
{
	size_t before = s->to->n;

	if (s->part->kind == SELECTOR_SWARM && !s->leaving)
		return 0;
	if (s->part->kind == SELECTOR_NAME) {
		if (take_named(s) == -1)
			return -1;
	} else {
		if (s->part->kind == SELECTOR_COMPOSE && find_project(s) == -1)
			return -1;
		take_selected(s);
	}
	if (s->to->n > before || s->leaving || may_be_lost(s))
		return 0;
	return refuse_empty(s);
}

static int
take_parts(const struct selection *in, const struct selectors *parts,
    struct targets *to, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; parts != NULL && i < parts->n && rc == 0; i++) {
		struct search s = { .in = in, .part = &parts->v[i],
			.leaving = parts == in->leave, .to = to, .error = e };

		rc = take_part(&s);
		free(s.project);
	}
	return rc;
}

int
select_targets(const struct selection *in, struct targets *to, struct error *e)
{
	TARGETS_AUTO struct targets left = { 0 };
	size_t before;

	if (take_parts(in, in->take, to, e) == -1 ||
	    take_parts(in, in->leave, &left, e) == -1)
		return -1;
	targets_order(to);
	before = to->n;
	targets_subtract(to, &left);
	if (before > 0 && to->n == 0)
		return error_set(e, "all containers that are selected are "
		    "excluded as well");
	if (in->pick > 0)
		targets_pick(to, in->pick);
	return 0;
}
