/* SPDX-License-Identifier: ISC */
#include "archive/items.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "archive/columns.h"
#include "archive/label.h"
#include "archive/long_form.h"
#include "archive/ls_options.h"
#include "archive/output.h"
#include "archive/tree.h"
#include "base/buf.h"
#include "base/mem.h"

static int
by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
by_time(const void *a, const void *b)
{
	const struct node *x = ((const struct item *)a)->node;
	const struct node *y = ((const struct item *)b)->node;

	if (x->mtime != y->mtime)
		return x->mtime < y->mtime ? 1 : -1;
	if (x->mtime_nsec != y->mtime_nsec)
		return x->mtime_nsec < y->mtime_nsec ? 1 : -1;
	return by_name(a, b);
}

static int
by_size(const void *a, const void *b)
{
	const struct node *x = ((const struct item *)a)->node;
	const struct node *y = ((const struct item *)b)->node;

	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	return by_name(a, b);
}

static void
reverse(struct items *items)
{
	struct item spare;

	for (size_t i = 0; i < items->n / 2; i++) {
		spare = items->v[i];
		items->v[i] = items->v[items->n - 1 - i];
		items->v[items->n - 1 - i] = spare;
	}
}

static void
sort(struct items *items, const struct ls_options *o)
{
	static int (*const compare[])(const void *, const void *) = {
		[BY_NAME] = by_name, [BY_TIME] = by_time, [BY_SIZE] = by_size,
	};

	qsort(items->v, items->n, sizeof(*items->v), compare[o->order]);
	if (o->reverse)
		reverse(items);
}

static const char *
mark(const struct node *node, int which)
{
	if (which == MARK_NONE)
		return "";
	if (S_ISDIR(node->mode))
		return "/";
	if (which == MARK_DIRECTORIES)
		return "";
	if (S_ISLNK(node->mode))
		return "@";
	if (S_ISFIFO(node->mode))
		return "|";
	if (S_ISREG(node->mode) && (node->mode & 0111) != 0)
		return "*";
	return "";
}

static void
add_name(struct buf *b, const struct item *item, const struct style *style)
{
	label_add(b, item->name, style->question);
	buf_add_text(b, mark(item->node, style->options->mark));
}

/* The long form shows where a link points instead of marking it. */
static void
add_long_name(struct buf *b, const struct item *item,
    const struct style *style)
{
	if (!S_ISLNK(item->node->mode) || item->node->points_to == NULL) {
		add_name(b, item, style);
		return;
	}
	label_add(b, item->name, style->question);
	buf_add_text(b, " -> ");
	label_add(b, item->node->points_to, style->question);
}

static void
put_line(struct output *out, struct buf *line)
{
	buf_add_byte(line, '\n');
	output_add(out, line->data, line->len);
	buf_drop(line, line->len);
}

static void
list_long(const struct items *items, const struct style *style,
    struct output *out)
{
	const struct ls_options *o = style->options;
	struct long_form form = {
		.human = o->human, .numeric = o->numeric,
		.question = style->question, .now = time(NULL),
	};
	BUF_AUTO struct buf line = { 0 };

	for (size_t i = 0; i < items->n; i++)
		long_form_measure(&form, items->v[i].node);
	for (size_t i = 0; i < items->n; i++) {
		long_form_add(&line, &form, items->v[i].node);
		add_long_name(&line, &items->v[i], style);
		put_line(out, &line);
	}
}

static void
list_lines(const struct items *items, const struct style *style,
    struct output *out)
{
	BUF_AUTO struct buf line = { 0 };

	for (size_t i = 0; i < items->n; i++) {
		add_name(&line, &items->v[i], style);
		put_line(out, &line);
	}
}

static void
list_columns(const struct items *items, const struct style *style,
    struct output *out)
{
	struct cell *cells = mem_zero(items->n, sizeof(*cells));
	BUF_AUTO struct buf b = { 0 };

	for (size_t i = 0; i < items->n; i++) {
		add_name(&b, &items->v[i], style);
		cells[i].text = buf_steal(&b);
		cells[i].width = label_width(cells[i].text);
	}
	columns_add(&b, cells, items->n, style->width);
	output_add(out, b.data, b.len);
	for (size_t i = 0; i < items->n; i++)
		free(cells[i].text);
	free(cells);
}

void
items_list(struct items *items, const struct style *style, struct output *out)
{
	const struct ls_options *o = style->options;

	sort(items, o);
	if (o->long_form)
		list_long(items, style, out);
	else if (o->one_column || style->width == 0)
		list_lines(items, style, out);
	else
		list_columns(items, style, out);
}
