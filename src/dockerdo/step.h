/* SPDX-License-Identifier: ISC */
/*
 * One program of several that a command runs: shown where that is wanted, so
 * that it can be copied and pasted into a shell; then run, with our terminal.
 */
#ifndef DOCKERDO_STEP_H
#define DOCKERDO_STEP_H

struct call;
struct error;

/* With --verbose or --dry-run: show ARGV, on stderr. */
void step_show(const struct call *, char *const *argv);

/*
 * Show and run it; with --dry-run, only show it (status 0).  Returns its exit
 * status, 128 and the signal that ended it (call->signo is set then), or -1
 * with the error set when it cannot be started.
 */
int step_run(struct call *, char *const *argv, struct error *);

/* The same, with descriptor IN for its stdin. */
int step_run_from(struct call *, char *const *argv, int in, struct error *);

/* The same, with what it prints on stdout thrown away. */
int step_run_silently(struct call *, char *const *argv, struct error *);

#endif
