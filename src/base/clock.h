/* SPDX-License-Identifier: ISC */
/*
 * Monotonic time in milliseconds: for deadlines and elapsed times, never for
 * the time of day.  And durations as people write them.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Now, in ms since some fixed moment (CLOCK_MONOTONIC). */
int64_t clock_now(void);

/*
 * Parse a duration into ms: one or more numbers with a unit each, ms, s, m, h
 * or d ("90", "1.5s", "1m30s"); a number with no unit is in seconds, as in
 * timeout(1).  More than nought but less than 1 ms counts as 1 ms.  Returns 0,
 * or -1 when TEXT is no duration or is longer than 100,000 days.
 */
int clock_parse(const char *text, int64_t *ms);

/*
 * Parse a time of day as RFC 3339 writes it, with any fraction of a second and
 * an offset or "Z", into ms since 1970.  Returns 0, or -1.
 */
int clock_parse_date(const char *text, int64_t *ms);

#endif
