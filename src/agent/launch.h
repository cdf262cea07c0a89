/* SPDX-License-Identifier: ISC */
/* Starting a command as a process of its own session. */
#ifndef AGENT_LAUNCH_H
#define AGENT_LAUNCH_H

#include <sys/types.h>

#include "wire/start.h"

struct launch {
	const struct start *start;
	char *const *own_env;		/* the agent's environment */
	const char *own_directory;	/* where it stood; "": not known */
	int fds[3];			/* for the command; the caller's */
	pid_t pid;			/* what came of it */
};

/*
 * Start it: 0, or an errno why it surely did not run.  EOPNOTSUPP: whoever
 * wants to know more must run it cold; so the directory, which docker tries as
 * root first.
 *
 * The agent stands still until the command has been executed: that is what
 * makes it fast (no page is copied, and no pipe tells how it went).
 */
int launch_command(struct launch *);

#endif
