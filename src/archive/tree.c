/* SPDX-License-Identifier: ISC */
#include "archive/tree.h"

#include <sys/stat.h>

#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A piece of a path, not terminated. */
struct span {
	const char *at;
	size_t len;
};

static int
span_compare(struct span a, struct span b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int r = memcmp(a.at, b.at, shorter);

	return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

static struct span
parent_of(const struct node *node)
{
	return (struct span){ node->path, node->parent_len };
}

static char *
without_slashes(const char *path)
{
	size_t len = strlen(path);
	char *copy = mem_dup(path);

	while (len > 0 && copy[len - 1] == '/')
		copy[--len] = '\0';
	return copy;
}

/* NAME relative to the root, or NULL when it does not lie below it. */
static char *
below_root(const struct tree *tree, const char *name)
{
	size_t len = strlen(tree->root_name);

	if (strncmp(name, tree->root_name, len) != 0 || name[len] != '/')
		return NULL;
	name += len;
	return without_slashes(name + strspn(name, "/"));
}

/* Give NODE its PATH, which it owns from now on. */
static void
place(struct node *node, char *path)
{
	const char *slash = strrchr(path, '/');

	node->path = path;
	node->name = slash != NULL ? slash + 1 : path;
	node->parent_len = slash != NULL ? (size_t)(slash - path) : 0;
}

static void
take_names(struct node *node, struct archive_entry *entry)
{
	node->points_to = mem_dup(archive_entry_symlink(entry));
	node->user = mem_dup(archive_entry_uname(entry));
	node->group = mem_dup(archive_entry_gname(entry));
}

static void
take_numbers(struct node *node, struct archive_entry *entry)
{
	/* The mode of a hard link says its type only when docker wrote it. */
	node->mode = archive_entry_mode(entry);
	node->uid = archive_entry_uid(entry);
	node->gid = archive_entry_gid(entry);
	node->size = archive_entry_size(entry);
	if (node->points_to != NULL)
		node->size = (int64_t)strlen(node->points_to);
	node->mtime = archive_entry_mtime(entry);
	node->mtime_nsec = archive_entry_mtime_nsec(entry);
	if (S_ISCHR(node->mode) || S_ISBLK(node->mode)) {
		node->major = (unsigned int)archive_entry_rdevmajor(entry);
		node->minor = (unsigned int)archive_entry_rdevminor(entry);
	}
}

static void
add_root(struct tree *tree, struct archive_entry *entry, const char *name)
{
	tree->root_name = without_slashes(name);
	place(&tree->root, mem_dup(""));
	take_names(&tree->root, entry);
	take_numbers(&tree->root, entry);
}

static struct node *
new_node(struct tree *tree)
{
	if (tree->n == tree->room) {
		tree->room = tree->room ? tree->room * 2 : 32;
		tree->nodes = mem_grow(tree->nodes, tree->room,
		    sizeof(*tree->nodes));
	}
	memset(&tree->nodes[tree->n], 0, sizeof(*tree->nodes));
	tree->nodes[tree->n].order = tree->n;
	return &tree->nodes[tree->n++];
}

void
tree_add(struct tree *tree, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	const char *same_as = archive_entry_hardlink(entry);
	struct node *node;
	char *path;

	if (name == NULL)
		name = "";
	if (tree->root_name == NULL) {
		add_root(tree, entry, name);
		return;
	}
	path = below_root(tree, name);
	if (path == NULL || *path == '\0' ||
	    (!tree->deep && strchr(path, '/') != NULL)) {
		free(path);
		return;
	}
	node = new_node(tree);
	place(node, path);
	take_names(node, entry);
	take_numbers(node, entry);
	/* Only the pax format gives a hard link its own content. */
	if (same_as != NULL && node->size == 0) {
		node->same_as = below_root(tree, same_as);
		node->size_unknown = true;
	}
}

static int
compare_paths(const struct node *a, const struct node *b)
{
	int r = span_compare(parent_of(a), parent_of(b));

	return r != 0 ? r : strcmp(a->name, b->name);
}

static int
compare_nodes(const void *a, const void *b)
{
	const struct node *x = a, *y = b;
	int r = compare_paths(x, y);

	return r != 0 ? r : (x->order > y->order) - (x->order < y->order);
}

static void
node_clear(struct node *node)
{
	free(node->path);
	free(node->points_to);
	free(node->same_as);
	free(node->user);
	free(node->group);
	memset(node, 0, sizeof(*node));
}

/* As when unpacking: of entries with the same path the last one counts. */
static void
drop_repeated(struct tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->n; i++) {
		if (i + 1 < tree->n &&
		    compare_paths(&tree->nodes[i], &tree->nodes[i + 1]) == 0)
			node_clear(&tree->nodes[i]);
		else
			tree->nodes[kept++] = tree->nodes[i];
	}
	tree->n = kept;
}

static int
compare_to_key(const void *key, const void *node)
{
	return compare_paths(key, node);
}

static struct node *
find(const struct tree *tree, const char *path)
{
	struct node key = { 0 }, *found = NULL;

	place(&key, mem_dup(path));
	if (tree->n > 0)
		found = bsearch(&key, tree->nodes, tree->n,
		    sizeof(*tree->nodes), compare_to_key);
	node_clear(&key);
	return found;
}

static void
resolve_hard_link(const struct tree *tree, struct node *node)
{
	const struct node *same = NULL;

	if (node->same_as != NULL)
		same = find(tree, node->same_as);
	if (same != NULL && same->same_as == NULL) {
		node->size = same->size;
		node->size_unknown = false;
		node->mode = (node->mode & ~(mode_t)S_IFMT) |
		    (same->mode & S_IFMT);
	}
	if ((node->mode & S_IFMT) == 0)
		node->mode |= S_IFREG;
}

void
tree_finish(struct tree *tree)
{
	if (tree->n > 0)
		qsort(tree->nodes, tree->n, sizeof(*tree->nodes),
		    compare_nodes);
	drop_repeated(tree);
	for (size_t i = 0; i < tree->n; i++)
		if (tree->nodes[i].size_unknown)
			resolve_hard_link(tree, &tree->nodes[i]);
}

/* The first node whose parent is not less than PARENT. */
static size_t
lower_bound(const struct tree *tree, struct span parent)
{
	size_t low = 0, high = tree->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (span_compare(parent_of(&tree->nodes[middle]), parent) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct node *
tree_children(const struct tree *tree, const struct node *node, size_t *count)
{
	struct span parent = { node->path, strlen(node->path) };
	size_t first = lower_bound(tree, parent), end = first;

	while (end < tree->n &&
	    span_compare(parent_of(&tree->nodes[end]), parent) == 0)
		end++;
	*count = end - first;
	return *count > 0 ? &tree->nodes[first] : NULL;
}

const struct node *
tree_parent(const struct tree *tree, const struct node *node)
{
	MEM_AUTO char *path = NULL;

	if (*node->path == '\0')
		return *tree->root_name == '\0' ? &tree->root : NULL;
	if (node->parent_len == 0)
		return &tree->root;
	path = mem_printf("%.*s", (int)node->parent_len, node->path);
	return find(tree, path);
}

void
tree_clear(struct tree *tree)
{
	node_clear(&tree->root);
	for (size_t i = 0; i < tree->n; i++)
		node_clear(&tree->nodes[i]);
	free(tree->nodes);
	free(tree->root_name);
	memset(tree, 0, sizeof(*tree));
}
