/* SPDX-License-Identifier: ISC */
#include "fanout/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/text.h"
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

/* --- the table */

/* How many columns TEXT takes, were all its characters one wide. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* The cells of a line, each to be freed. */
static void
cells(char *cell[COLUMNS], const struct target *t)
{
	cell[0] = text_printable(t->name, 0);
	cell[1] = mem_printf("%.*s", SHORT_ID, t->id);
	cell[2] = text_printable(t->image, 0);
	cell[3] = text_printable(t->status, 0);
}

static void
add_line(struct buf *out, char *const cell[COLUMNS],
    const size_t widths[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_add_text(out, cell[i]);
		if (i == COLUMNS - 1)
			continue;
		for (size_t n = width(cell[i]); n < widths[i] + 2; n++)
			buf_add_byte(out, ' ');
	}
	buf_add_byte(out, '\n');
}

static void
widen(size_t widths[COLUMNS], char *const cell[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (width(cell[i]) > widths[i])
			widths[i] = width(cell[i]);
}

char *
targets_table(const struct targets *t)
{
	char head[COLUMNS][7] = { "NAME", "ID", "IMAGE", "STATUS" };
	char *heads[COLUMNS] = { head[0], head[1], head[2], head[3] };
	char *(*lines)[COLUMNS] = mem_zero(t->n, sizeof(*lines));
	size_t widths[COLUMNS] = { 0 };
	struct buf out = { 0 };

	widen(widths, heads);
	for (size_t i = 0; i < t->n; i++) {
		cells(lines[i], &t->v[i]);
		widen(widths, lines[i]);
	}
	add_line(&out, heads, widths);
	for (size_t i = 0; i < t->n; i++) {
		add_line(&out, lines[i], widths);
		for (size_t k = 0; k < COLUMNS; k++)
			free(lines[i][k]);
	}
	free(lines);
	return buf_steal(&out);
}

void
targets_clear(struct targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		target_clear(&t->v[i]);
	free(t->v);
	memset(t, 0, sizeof(*t));
}
