/* SPDX-License-Identifier: ISC */
/*
 * The commands that have gone well in a session: a line of JSON each, with
 * "cwd", "command" (its words with blanks between, as people read it), and
 * "argv", the words themselves, where that can be.
 */
#ifndef DOCKERDO_HISTORY_H
#define DOCKERDO_HISTORY_H

#include <stdbool.h>

struct buf;
struct error;
struct session;

/* WORDS: they were words, and no line for a shell. */
int history_add(const struct session *, const char *cwd, char *const *argv,
    bool words, struct error *);

/*
 * Append them to TEXT as a shell would run them: a line each, and one with cd
 * wherever the directory is another.  Lines that cannot be read do not count.
 */
int history_text(const struct session *, struct buf *text, struct error *);

/*
 * Tell EACH of them: its directory, and the words that run it, as an argv.
 */
int history_each(const struct session *,
    void (*each)(void *arg, const char *cwd, char *const *words), void *arg,
    struct error *);

#endif
