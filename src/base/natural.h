/* SPDX-License-Identifier: ISC */
/*
 * Names with numbers in them, as people read them: web-2 comes before web-10,
 * and web-1, web-2, web-3 are web-[1-3].
 */
#ifndef BASE_NATURAL_H
#define BASE_NATURAL_H

#include <stddef.h>

/*
 * Less than, equal to or greater than 0, as A stands before, at or behind B.
 * Runs of digits are compared by value, all else by bytes; what is the same by
 * that (1 and 01) by bytes altogether, so that only equal texts are equal.
 */
int natural_compare(const char *a, const char *b);

/*
 * The N NAMES in natural order, each once, with commas between; names that
 * differ in one number only are written once: "db,web-[1-3,7]".  Numbers with
 * leading zeros are folded with those of the same width ("node[01-12]").  The
 * caller frees it.
 */
char *natural_fold(char *const *names, size_t n);

#endif
