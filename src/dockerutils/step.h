/* SPDX-License-Identifier: ISC */
/*
 * One program of several that a command runs: shown first, so that it can be
 * copied, changed and pasted into a shell; then run, with our terminal.
 */
#ifndef DOCKERUTILS_STEP_H
#define DOCKERUTILS_STEP_H

#include "base/strv.h"

struct call;
struct error;

/* Show ARGV as the command that comes: between lines, or alone for --print. */
void step_show(const struct call *, char *const *argv);

/* The same for what is more than one program. */
void step_show_text(const struct call *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Show and run it; with --print, only show it (status 0).  Returns its exit
 * status, 128 and the signal that ended it (call->signo is set then), or -1
 * with the error set when it cannot be started.
 */
int step_run(struct call *, char *const *argv, struct error *);

/* Run it without showing it. */
int step_run_quietly(struct call *, char *const *argv, struct error *);

/* The same; with --print, show it and do not run it. */
int step_run_or_print(struct call *, char *const *argv, struct error *);

/*
 * Run it with nothing to read: what is typed, or stands in a script, is for
 * what comes behind us.
 */
int step_run_deaf(struct call *, char *const *argv, struct error *);

/* What waitpid(2) says, as step_run() returns it. */
int step_status(struct call *, int wait_status);

#endif
