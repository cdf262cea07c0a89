/* SPDX-License-Identifier: ISC */
/*
 * Programs that the keeper runs must not outlive it, even when it is killed
 * outright: each is started by way of the keeper's own program, which has the
 * kernel kill it then, and turns into the program.
 */
#ifndef KEEPER_CHILD_H
#define KEEPER_CHILD_H

struct error;
struct strv;

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
