/* SPDX-License-Identifier: ISC */
/*
 * When failures are reason enough to stop: the words of GNU parallel's --halt
 * that are about failures.
 */
#ifndef FANOUT_HALT_H
#define FANOUT_HALT_H

#include <stdbool.h>
#include <stddef.h>

struct error;

enum halt_when {
	HALT_NEVER,		/* go on */
	HALT_SOON,		/* start no more, let end what runs */
	HALT_NOW,		/* start no more, and end what runs */
};

/* Zeroed: never. */
struct halt {
	enum halt_when when;
	size_t fail;		/* as many failures, or percent of all targets */
	bool percent;
};

/*
 * "never", "soon,fail=N", "now,fail=N", each N with or without "%".  -1 with
 * the error (of usage) set.
 */
int halt_parse(struct halt *, const char *text, struct error *);

/* What to do now that FAILED of TOTAL targets have failed. */
enum halt_when halt_decide(const struct halt *, size_t failed, size_t total);

#endif
