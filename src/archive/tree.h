/* SPDX-License-Identifier: ISC */
/*
 * What an archive holds, as ls needs it: the root (its first entry), and of
 * what lies below it the entries that may be listed.  Contents are never kept.
 */
#ifndef ARCHIVE_TREE_H
#define ARCHIVE_TREE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct archive_entry;

struct node {
	char *path;		/* below the root; "" for the root itself */
	size_t parent_len;	/* so many bytes of it name the parent */
	const char *name;	/* its last component */
	char *points_to;	/* the target of a symbolic link, or NULL */
	char *same_as;		/* path of the file it is a hard link to */
	char *user;		/* NULL or "": the archive has only a number */
	char *group;
	int64_t uid;
	int64_t gid;
	int64_t size;
	time_t mtime;
	long mtime_nsec;
	unsigned int major;	/* devices only */
	unsigned int minor;
	mode_t mode;		/* with the type */
	bool size_unknown;	/* a hard link to a file that was not kept */
	bool unknown;		/* only the type is known */
	size_t order;		/* its place in the archive */
};

struct tree {
	char *root_name;	/* as the archive has it, without slashes behind */
	struct node root;
	bool deep;		/* keep everything, not only the root's children */
	struct node *nodes;	/* sorted once finished */
	size_t n;
	size_t room;
};

/* Add an entry.  The first becomes the root; entries not below it are left. */
void tree_add(struct tree *, struct archive_entry *);

/* Sort, let the last of equal entries win, give hard links size and type. */
void tree_finish(struct tree *);

/* The *COUNT children of NODE, in strcmp order of their names. */
const struct node *tree_children(const struct tree *, const struct node *,
    size_t *count);

/* The directory NODE lies in, or NULL when the archive does not tell. */
const struct node *tree_parent(const struct tree *, const struct node *);

void tree_clear(struct tree *);

#endif
