/* SPDX-License-Identifier: ISC */
/*
 * Starting a program: posix_spawnp(3) with the descriptors, process group and
 * signals it shall have.  Nothing of ours leaks into it: all our descriptors
 * are close-on-exec, and signals are as we found them.
 */
#ifndef RUN_SPAWN_H
#define RUN_SPAWN_H

#include <sys/types.h>

#include <stdbool.h>

struct error;

#define SPAWN_NULL	(-1)	/* /dev/null */

struct spawn {
	char *const *argv;	/* argv[0] is looked up in $PATH */
	int fd[3];		/* its 0, 1 and 2: ours, or SPAWN_NULL */
	bool own_group;		/* a process group of its own */
	bool own_session;	/* ... in a session of its own: no terminal, and
				   it outlives ours */
	char *const *env;	/* NAME=VALUE words to add, NULL: none */
};

/*
 * Start it.  Returns its process ID, or -1 with the error set: status 126
 * where the words are too long for the system (E2BIG), else 125.  The caller's
 * descriptors stay open.
 */
pid_t spawn_start(const struct spawn *, struct error *);

#endif
