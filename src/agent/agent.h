/* SPDX-License-Identifier: ISC */
/* The agent: commands on the channels of one connection, and one poll loop. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <sys/types.h>

#include <poll.h>
#include <stdint.h>

#include "agent/command.h"
#include "agent/leftovers.h"
#include "agent/link.h"
#include "agent/shortcut.h"

struct agent {
	struct link link;
	struct shortcut shortcut;
	struct command *commands;
	struct command_home home;
	char *directory;		/* home's */
	struct leftovers leftovers;
	int children;			/* signalfd: one has ended */
	int64_t deadline;		/* of the end, by clock_us(); 0: none */
	struct pollfd *polls;
	size_t n_polls;
	struct procs procs;		/* as sweeps have last seen them */
	pid_t *others;			/* what sweeps shall leave alone */
	size_t n_others;
};

/*
 * Become one that speaks over IN and OUT, with this environment and the
 * current directory.  -1 with errno.
 */
int agent_open(struct agent *, int in, int out, char *const *env);

/* Serve until the connection ends, and all commands with it. */
void agent_run(struct agent *);

void agent_close(struct agent *);

#endif
