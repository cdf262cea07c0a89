/* SPDX-License-Identifier: ISC */
/* The processes that we can see, at one moment; facts from proc(5). */
#ifndef SWEEP_PROCS_H
#define SWEEP_PROCS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The variable that marks what dexec started. */
#define PROC_MARK	"DEXEC_ID="
#define PROC_MARK_MOST	64	/* bytes of a value; none of ours is longer */

struct proc {
	pid_t pid, parent, session;
	unsigned long long birth;	/* ticks since the system started */
	bool bare;			/* has no environment, nor will have by
					   an exec that goes on; or is exiting */
	bool asked;			/* `mark` is its mark; "": none */
	char mark[PROC_MARK_MOST + 1];
};

/* Those that live; zombies do not.  Zero is empty. */
struct procs {
	struct proc *v;
	size_t n, room;
	int64_t taken;			/* began to look, by procs_clock() */
};

/* A clock for procs_look(), in ns, which never stands still. */
int64_t procs_clock(void);

/* Look around anew, unless we did at SINCE or later. */
void procs_look(struct procs *, int64_t since);

/* The one of that number, or NULL. */
const struct proc *procs_find(const struct procs *, pid_t);

/* The mark of the Ith, as far as we may read it; "" if it has none. */
const char *procs_mark(struct procs *, size_t i);

/* One process: false when it is gone or dead. */
bool proc_read(struct proc *, pid_t);

/*
 * Two processes are in the same PID namespace: 1 or 0, or -1 when that is not
 * for us to know or one is gone.
 */
int proc_shares_namespace(pid_t, pid_t);

/* The time now, as births count it. */
unsigned long long procs_now(void);

void procs_clear(struct procs *);

#endif
