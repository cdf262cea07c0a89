/* SPDX-License-Identifier: ISC */
/* The processes that we can see, at one moment. */
#ifndef AGENT_PROCS_H
#define AGENT_PROCS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct proc {
	pid_t pid, parent, session;
	unsigned long long birth;	/* ticks since the system started */
	bool bare;			/* has no environment, nor will have by
					   an exec that goes on */
};

/* Those that live; zombies do not.  Zero is empty. */
struct procs {
	struct proc *v;
	size_t n, room;
};

/* Look around anew; what could not be read is not there. */
void procs_read(struct procs *);

/* The one of that number, or NULL. */
const struct proc *procs_find(const struct procs *, pid_t);

/* One process: false when it is gone or dead. */
bool proc_read(struct proc *, pid_t);

/* Its environment holds DEXEC_ID=COOKIE, and we may read it. */
bool proc_is_marked(pid_t, const char *cookie);

/* The time now, as births count it. */
unsigned long long procs_now(void);

void procs_clear(struct procs *);

#endif
