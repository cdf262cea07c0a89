/* SPDX-License-Identifier: ISC */
#include "fanout/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/natural.h"
#include "base/table.h"
#include "fanout/inventory.h"

#define SHORT_ID	12
#define COLUMNS		4

void
targets_add(struct targets *to, const struct container *c, const char *context)
{
	struct target *t;

	if (to->n == to->room) {
		to->room = to->room ? to->room * 2 : 16;
		to->v = mem_grow(to->v, to->room, sizeof(*to->v));
	}
	t = &to->v[to->n++];
	*t = (struct target){
		.id = mem_dup(c->id),
		.name = context != NULL ?
		    mem_printf("%s/%s", context, c->name) : mem_dup(c->name),
		.context = mem_dup(context),
		.image = mem_dup(c->image),
		.status = mem_dup(c->status),
		.state = c->state,
		.health = c->health,
	};
}

static void
target_clear(struct target *t)
{
	free(t->id);
	free(t->name);
	free(t->context);
	free(t->image);
	free(t->status);
}

static int
by_name(const void *a, const void *b)
{
	const struct target *x = a, *y = b;
	int order = natural_compare(x->name, y->name);

	return order != 0 ? order : strcmp(x->id, y->id);
}

static int
by_id(const void *a, const void *b)
{
	const struct target *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : natural_compare(x->name, y->name);
}

static int
compare_id(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void
sort(struct targets *t, int (*compare)(const void *, const void *))
{
	if (t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), compare);
}

void
targets_order(struct targets *t)
{
	size_t kept = 0;

	sort(t, by_id);
	for (size_t i = 0; i < t->n; i++) {
		if (kept > 0 && compare_id(&t->v[kept - 1], &t->v[i]) == 0)
			target_clear(&t->v[i]);
		else
			t->v[kept++] = t->v[i];
	}
	t->n = kept;
	sort(t, by_name);
}

void
targets_subtract(struct targets *t, struct targets *others)
{
	size_t kept = 0;

	sort(others, by_id);
	for (size_t i = 0; i < t->n; i++) {
		if (others->n > 0 && bsearch(&t->v[i], others->v, others->n,
		    sizeof(*others->v), compare_id) != NULL)
			target_clear(&t->v[i]);
		else
			t->v[kept++] = t->v[i];
	}
	t->n = kept;
}

/* Of those left each stays with the chance of what is still to be chosen. */
void
targets_pick(struct targets *t, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (arc4random_uniform((uint32_t)(t->n - i)) < count) {
			t->v[kept++] = t->v[i];
			count--;
		} else {
			target_clear(&t->v[i]);
		}
	}
	t->n = kept;
}

char *
targets_table(const struct targets *t)
{
	static const char *const heads[] = { "NAME", "ID", "IMAGE", "STATUS" };
	struct table table = { .columns = COLUMNS };
	char *text;

	for (size_t i = 0; i < COLUMNS; i++)
		table_add(&table, heads[i]);
	for (size_t i = 0; i < t->n; i++) {
		table_add(&table, t->v[i].name);
		table_take(&table, mem_printf("%.*s", SHORT_ID, t->v[i].id));
		table_add(&table, t->v[i].image);
		table_add(&table, t->v[i].status);
	}
	text = table_text(&table);
	table_clear(&table);
	return text;
}

void
targets_clear(struct targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		target_clear(&t->v[i]);
	free(t->v);
	memset(t, 0, sizeof(*t));
}
