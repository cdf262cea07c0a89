/* SPDX-License-Identifier: ISC */
/*
 * What the library wants people to know while it goes on: it does not print,
 * it tells whoever asked to be told.  A zeroed struct tells nobody.
 */
#ifndef BASE_SAY_H
#define BASE_SAY_H

#include <stdbool.h>

struct say {
	void (*line)(void *arg, const char *text);
	void *arg;
	bool verbose;		/* details are wanted too */
	bool quiet;		/* only what went wrong */
};

/* Something went other than asked.  One line, lower case, no full stop. */
void say_warning(const struct say *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Worth knowing, not worth worrying; not told when quiet. */
void say_note(const struct say *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A command that is about to be run; told when verbose. */
void say_command(const struct say *, char *const *argv);

#endif
