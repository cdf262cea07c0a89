/* SPDX-License-Identifier: ISC */
/*
 * A vector of strings that is at every moment a valid argv: NULL-terminated,
 * each word its own allocation.  A zeroed struct is a valid empty vector;
 * clearing twice is harmless.
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include <stddef.h>

struct strv {
	char **v;		/* NULL while nothing was ever added */
	size_t n;		/* words, without the terminating NULL */
	size_t room;
};

/* Append a copy of WORD. */
void strv_push(struct strv *, const char *word);

/* Append WORD itself, which must come from malloc: the vector owns it now. */
void strv_take(struct strv *, char *word);

/* Append a formatted word. */
void strv_pushf(struct strv *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Append copies of all words of the NULL-terminated WORDS (NULL: none). */
void strv_pushv(struct strv *, char *const *words);

/* Append OPTION and VALUE when VALUE is not NULL. */
void strv_push_option(struct strv *, const char *option, const char *value);

/* The words as an argv; never NULL, and valid until the next change. */
char *const *strv_argv(const struct strv *);

void strv_clear(struct strv *);

#define STRV_AUTO __attribute__((cleanup(strv_clear)))

#endif
