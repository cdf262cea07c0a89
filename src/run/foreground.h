/* SPDX-License-Identifier: ISC */
/*
 * A program that has the terminal, and our standard descriptors, while we wait
 * for it: what is typed to interrupt reaches it from there, and a signal that
 * somebody sends to us alone is passed on to it.
 */
#ifndef RUN_FOREGROUND_H
#define RUN_FOREGROUND_H

struct error;
struct spawn;

/*
 * Run it to its end; WAIT_STATUS is that of waitpid(2).  It stays in our
 * process group.  Returns -1 with the error set when it cannot be started:
 * status 127 where there is no such program, else as spawn_start() says.
 */
int foreground_run(const struct spawn *, int *wait_status, struct error *);

/*
 * The same; *ASKED is the last signal that wanted us to end meanwhile, else 0.
 * A program may end in its own way by one, as ssh does.
 */
int foreground_run_asked(const struct spawn *, int *wait_status, int *asked,
    struct error *);

/*
 * The same; returns its exit status, or 128 and the signal that ended it, which
 * *SIGNO is then; -1 as above.
 */
int foreground_call(const struct spawn *, int *signo, struct error *);

/*
 * Become ARGV, with the NAME=VALUE words of ENV (NULL: none) in the
 * environment.  Returns only when it cannot be, -1 with the error set as above.
 */
int foreground_become(char *const *argv, char *const *env, struct error *);

#endif
