/* SPDX-License-Identifier: ISC */
/*
 * Programs that must not outlive us, even when we are killed outright: each is
 * started by way of our own program, which has the kernel kill it then, and
 * turns into the program.  Where the kernel cannot do that, it is started as
 * any other.
 */
#ifndef RUN_CHILD_H
#define RUN_CHILD_H

struct error;
struct strv;

/* The first word of our own program's, for which it calls child_become(). */
#define CHILD_OPTION	"--child"

/*
 * Append what has to stand before the program's words; its stdin is the file
 * INPUT where that is not NULL.
 */
void child_argv(struct strv *argv, const char *input);

/*
 * The other side: WORDS are those behind CHILD_OPTION.  Returns -1 with the
 * error set when the program cannot be run.
 */
int child_become(char *const *words, struct error *);

#endif
