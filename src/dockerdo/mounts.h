/* SPDX-License-Identifier: ISC */
/*
 * What is mounted, as /proc/self/mountinfo says (proc(5)): unlike a stat of it,
 * that asks no file system anything, and never hangs.
 */
#ifndef DOCKERDO_MOUNTS_H
#define DOCKERDO_MOUNTS_H

#include <stddef.h>

struct error;

struct mounted {
	char *device;		/* "0:63": the same for the same file system */
	char *root;		/* which directory of it is mounted */
	char *point;		/* where */
	char *type;		/* "fuse.sshfs" */
};

struct mounts {
	struct mounted *v;	/* in their order: the later ones on top */
	size_t n;
};

int mounts_read(struct mounts *, struct error *);

/* The same from a text; lines that make no sense do not count. */
void mounts_parse(struct mounts *, const char *text);

/* That on top at POINT, or NULL. */
const struct mounted *mounts_at(const struct mounts *, const char *point);

/* That which the absolute PATH is in, or NULL. */
const struct mounted *mounts_holding(const struct mounts *, const char *path);

void mounts_clear(struct mounts *);

#define MOUNTS_FILE	"/proc/self/mountinfo"

/* What follows DIRECTORY in PATH, "" or "/..."; NULL: it is not below. */
const char *mounts_below(const char *path, const char *directory);

#endif
