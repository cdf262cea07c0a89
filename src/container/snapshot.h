/* SPDX-License-Identifier: ISC */
/*
 * What one docker inspect says about any number of containers: which each is,
 * what it is in, since when, and how healthy.  All times are the engine's.
 */
#ifndef CONTAINER_SNAPSHOT_H
#define CONTAINER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/state.h"

struct strv;
struct docker;

#define SNAPSHOT_ID	65	/* 64 digits and a NUL */

struct snapshot {
	enum state_kind kind;
	char word[16];		/* docker's own for it */
	char id[SNAPSHOT_ID];
	int64_t created;	/* ms since 1970 */
	int64_t started;	/* its last run; 0: it never ran */
	int64_t finished;	/* 0: it never ended */
	int exit_status;	/* of its last run */
	enum health health;
};

/* Append the docker argv that asks for all of NAMES (names or IDs). */
void snapshot_argv(const struct docker *, const struct strv *names,
    struct strv *argv);

/*
 * Read one line of the answer, which is changed.  *NAME is the container's
 * name, within the line.  Returns -1 where the line is none of ours.
 */
int snapshot_parse(struct snapshot *, char *line, const char **name);

/*
 * Does WORD, as somebody gave it, mean the container ID called NAME: by its
 * name or its whole ID, or else by the beginning of its ID?
 */
enum meant { MEANT_NOT, MEANT_PERHAPS, MEANT_SURELY };
enum meant snapshot_meant(const char *word, const char *id, const char *name);

/* Why it does not run: "exited with status 3", "paused"; the caller frees it. */
char *snapshot_reason(const struct snapshot *);

#endif
