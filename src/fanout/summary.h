/* SPDX-License-Identifier: ISC */
/*
 * Many results in one line for people, and in one status for programs.
 */
#ifndef FANOUT_SUMMARY_H
#define FANOUT_SUMMARY_H

#include <stddef.h>

#include "fanout/result.h"

struct error;

/*
 * "18 ok, 2 failed: web-3 (1), web-7 (timed out)", ", 5 not started" behind it
 * where some were not.  Names with the same reason stand together, folded
 * ("web-[1-3] (1)"); where there are many, the first of them and how many more.
 * Printable, no newline, and not longer than some lines of a terminal.  The
 * caller frees it.
 */
char *summary_text(const struct result *const *results, size_t n);

enum exit_policy {
	EXIT_WORST,		/* the highest status */
	EXIT_FIRST,		/* that of the target that failed first */
	EXIT_ANY,		/* 0 where one succeeded, else the highest */
	EXIT_COUNT,		/* how many did not succeed, 101: more than 100 */
};

/* "worst", "first", "any", "count".  -1 with the error (of usage) set. */
int exit_policy_parse(enum exit_policy *, const char *word, struct error *);

/*
 * The one status of all.  A target that was not started has none: where all
 * others are ok, it makes 125.
 */
int exit_policy_status(enum exit_policy, const struct result *const *results,
    size_t n);

#endif
