/* SPDX-License-Identifier: ISC */
/*
 * What every unit test includes first.  A table of cases is gone through to
 * its end: each row that is not as it should be is shown, and counted.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* 1 when GOT is not what ROW wants, else 0. */
static inline int
differs(const char *row, intmax_t got, intmax_t want)
{
	if (got == want)
		return 0;
	print_message("# %.*s: got %jd, expected %jd\n",
	    (int)strcspn(row, "\r\n"), row, got, want);
	return 1;
}

/* The same for texts, each of which may be NULL. */
static inline int
differs_text(const char *row, const char *got, const char *want)
{
	if (got == want || (got != NULL && want != NULL &&
	    strcmp(got, want) == 0))
		return 0;
	print_message("# %.*s: got <%s>, expected <%s>\n",
	    (int)strcspn(row, "\r\n"), row, got != NULL ? got : "NULL", want != NULL ? want : "NULL");
	return 1;
}

/*
 * valgrind makes a fork(2) of the vfork(2) in posix_spawn(3), which cannot
 * tell then that the program was not to be run.
 */
static inline bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

#endif
