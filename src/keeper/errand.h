/* SPDX-License-Identifier: ISC */
/*
 * A docker call to wait for: what the keeper has to know or do before it can
 * serve.  The loop goes on meanwhile, for what else there is to hear.
 */
#ifndef KEEPER_ERRAND_H
#define KEEPER_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct loop;
struct strv;

struct errands {
	struct loop *loop;
	const bool *quit;	/* wait no longer */
};

/*
 * Run ARGV, LIMIT ms at the most, and wait for its end.  What it printed is in
 * *OUT (unless OUT is NULL), which the caller frees.  -1 with the error set,
 * in docker's own words, when it did not end with status 0.
 */
int errand_run(const struct errands *, const struct strv *argv, int64_t limit,
    char **out, struct error *);

#endif
