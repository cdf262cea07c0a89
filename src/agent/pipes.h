/* SPDX-License-Identifier: ISC */
/* The descriptors between the agent and a command: pipes, or a terminal. */
#ifndef AGENT_PIPES_H
#define AGENT_PIPES_H

#include "wire/start.h"

/* Of stdin, stdout and stderr; -1: there is none.  All are close-on-exec. */
struct pipes {
	int ours[3];
	int theirs[3];
};

/* What START asks for; 0, or -1 with errno. */
int pipes_open(struct pipes *, const struct start *);

void pipes_close_ours(struct pipes *);
void pipes_close_theirs(struct pipes *);

#endif
