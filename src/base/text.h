/* SPDX-License-Identifier: ISC */
/*
 * Text for people: words from outside made safe to show, quoted for a shell,
 * and compared for likeness.  Nothing here is for text that a program reads.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

struct buf;

/*
 * TEXT with every control character, escape and byte that is not UTF-8 shown
 * as an escape (vis(3), VIS_CSTYLE | VIS_OCTAL), cut with "..." behind LIMIT
 * bytes (0: not cut).  The caller frees it.
 */
char *text_printable(const char *text, size_t limit);

/* The same, with bytes above 0x7e shown as escapes too. */
char *text_printable_ascii(const char *text, size_t limit);

/*
 * Append WORD so that a POSIX shell reads it back as the same bytes.  Plain
 * words stay as they are; others come in single quotes.
 */
void text_quote(struct buf *, const char *word);

/* All words of ARGV, quoted, with blanks between; the caller frees it. */
char *text_quote_argv(char *const *argv);

/* How many single-byte edits (insert, delete, replace, swap) lead from A to B. */
size_t text_distance(const char *a, const char *b);

/*
 * Of the NULL-terminated WORDS the one nearest to WORD, or NULL when none is
 * near enough to be what was meant (at most a third of its bytes differ).
 */
const char *text_nearest(const char *word, const char *const *words);

#endif
