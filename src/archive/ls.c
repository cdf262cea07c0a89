/* SPDX-License-Identifier: ISC */
#include "archive/ls.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/input.h"
#include "archive/items.h"
#include "archive/label.h"
#include "archive/output.h"
#include "archive/tree.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

/* A listing under way. */
struct listing {
	const struct ls_request *request;
	struct output *out;
	const struct tree *tree;
	struct style style;
	bool begun;		/* something was listed before */
};

/* Directories that wait for their turn, the next one last. */
struct pending {
	const struct node **v;
	size_t n;
	size_t room;
};

static void
list_root(struct listing *l)
{
	struct item item = { &l->tree->root, l->request->name };

	items_list(&(struct items){ &item, 1 }, &l->style, l->out);
}

/* Title of a directory: the path as the user gave it and what follows. */
static void
list_title(struct listing *l, const struct node *dir)
{
	const char *name = l->request->name;
	size_t len = strlen(name);
	BUF_AUTO struct buf line = { 0 };

	if (l->begun || l->request->gap)
		buf_add_byte(&line, '\n');
	label_add(&line, name, l->style.question);
	if (*dir->path != '\0' && (len == 0 || name[len - 1] != '/'))
		buf_add_byte(&line, '/');
	label_add(&line, dir->path, l->style.question);
	buf_add_text(&line, ":\n");
	output_add(l->out, line.data, line.len);
}

static bool
is_listed(const char *name, int hidden)
{
	return *name != '.' || hidden != HIDE_DOTTED;
}

/*
 * What ls shows of DIR; UP stands for a parent that is unknown.  The caller
 * frees items.v.
 */
static struct items
gather(const struct listing *l, const struct node *dir, const struct node *up)
{
	int hidden = l->request->options.hidden;
	const struct node *parent = tree_parent(l->tree, dir);
	size_t count;
	const struct node *child = tree_children(l->tree, dir, &count);
	struct items items = { mem_zero(count + 2, sizeof(*items.v)), 0 };

	if (hidden == ALL) {
		items.v[items.n++] = (struct item){ dir, "." };
		items.v[items.n++] = (struct item){
			parent != NULL ? parent : up, ".." };
	}
	for (; count > 0; count--, child++)
		if (is_listed(child->name, hidden))
			items.v[items.n++] = (struct item){ child,
				child->name };
	return items;
}

static void
push(struct pending *p, const struct node *dir)
{
	if (p->n == p->room) {
		p->room = p->room ? p->room * 2 : 32;
		p->v = mem_grow(p->v, p->room, sizeof(*p->v));
	}
	p->v[p->n++] = dir;
}

/* "." and ".." are listed under names that are not the nodes' own. */
static bool
is_child(const struct item *item)
{
	return item->name == item->node->name;
}

/* The directories among ITEMS, so that the first of them comes next. */
static void
push_directories(struct pending *p, const struct items *items)
{
	const struct item *item;

	for (size_t i = items->n; i > 0; i--) {
		item = &items->v[i - 1];
		if (is_child(item) && S_ISDIR(item->node->mode))
			push(p, item->node);
	}
}

/* A stack of our own: how deep directories go is up to the container. */
static void
list_directories(struct listing *l)
{
	const struct ls_request *r = l->request;
	const struct node up = { .mode = S_IFDIR, .unknown = true };
	struct pending pending = { 0 };
	const struct node *dir;
	struct items items;

	push(&pending, &l->tree->root);
	while (pending.n > 0) {
		dir = pending.v[--pending.n];
		items = gather(l, dir, &up);
		if (r->header || r->options.recursive)
			list_title(l, dir);
		items_list(&items, &l->style, l->out);
		l->begun = true;
		if (r->options.recursive)
			push_directories(&pending, &items);
		free(items.v);
	}
	free(pending.v);
}

/* Columns of the terminal that FD is; 0 when it is none. */
static size_t
terminal_width(int fd)
{
	struct winsize size = { 0 };

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static void
list(const struct ls_request *request, const struct tree *tree,
    struct output *out)
{
	struct listing l = {
		.request = request, .out = out, .tree = tree,
		.style.options = &request->options,
		.style.width = terminal_width(out->fd),
	};
	/* Only now: see input_next(). */
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	locale_t before = (locale_t)0;

	if (locale != (locale_t)0)
		before = uselocale(locale);
	l.style.question = request->options.question || l.style.width > 0;
	if (S_ISDIR(tree->root.mode) && !request->options.directory)
		list_directories(&l);
	else
		list_root(&l);
	if (locale != (locale_t)0) {
		uselocale(before);
		freelocale(locale);
	}
}

static int
read_tree(int fd, bool root_only, struct tree *tree, struct error *err)
{
	struct archive_entry *entry;
	struct input in;
	int r = input_open(&in, fd, err) == 0 ? 1 : -1;

	while (r == 1) {
		r = input_next(&in, &entry, err);
		if (r == 1)
			tree_add(tree, entry);
		if (r == 0)
			input_drain(&in);
		if (r == 1 && (root_only || !S_ISDIR(tree->root.mode)))
			r = 0;
	}
	input_close(&in);
	if (r == -1)
		return -1;
	if (tree->root_name != NULL)
		return 0;
	error_set(err, "is a socket, which cannot be listed from outside the "
	    "container");
	err->status = STATUS_PATH;
	return -1;
}

int
ls_run(int fd, const struct ls_request *request, struct output *out,
    struct error *err)
{
	const struct ls_options *o = &request->options;
	struct tree tree = { .deep = o->recursive };
	int r = read_tree(fd, o->directory, &tree, err);

	if (r == 0) {
		tree_finish(&tree);
		list(request, &tree, out);
	}
	tree_clear(&tree);
	return r;
}
