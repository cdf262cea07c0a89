/* SPDX-License-Identifier: ISC */
/*
 * The tree of a command: the processes that have its mark, those of a session
 * that one of them has, and those that descend from one of them; and who was
 * seen as that before stays so.
 */
#ifndef SWEEP_TREE_H
#define SWEEP_TREE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "sweep/procs.h"

struct member {
	pid_t pid, session;
	unsigned long long birth;
	bool new;			/* not yet signalled */
};

/* What is around a tree and is none of it. */
struct surroundings {
	struct procs *procs;		/* as last looked at; many trees' */
	pid_t agent;			/* ourselves */
	bool apart;			/* the tree is in another PID namespace */
	const pid_t *others;		/* other commands themselves */
	size_t n_others;
};

struct tree {
	const char *cookie;		/* "": none */
	pid_t main;			/* the command itself; 0: not known */
	bool main_lives;		/* nobody else can have that number */
	unsigned long long birth;	/* nobody of the tree is older */
	int64_t since;			/* what was looked at earlier is past */
	struct member *v;
	size_t n, room;
};

/*
 * Look around and take in who was not known yet: how many.  Who was born at
 * UNTIL or later is left out; 0: nobody is.
 */
size_t tree_find_new(struct tree *, const struct surroundings *,
    unsigned long long until);

/* How many of the tree are alive. */
size_t tree_count_left(const struct tree *);

/* Send SIGNO, and SECOND if it is not 0, to each that has had none: how many. */
size_t tree_signal_new(struct tree *, int signo, int second);

/* To all who are alive. */
void tree_signal_left(const struct tree *, int signo);

void tree_clear(struct tree *);

#endif
