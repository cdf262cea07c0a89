/* SPDX-License-Identifier: ISC */
/*
 * A command line as Python's argparse reads it: options and other words in any
 * order, long options by any beginning that only one has; behind "--" there
 * are no options.  What an option is, is for base/options to say.
 */
#ifndef BASE_ARGUMENTS_H
#define BASE_ARGUMENTS_H

#include "base/options.h"
#include "base/strv.h"

struct error;

struct arguments {
	size_t until;		/* behind so many words, too; 0: never */
	struct strv words;	/* what is no option, in its order */
	struct strv spelled;	/* long options in full: fields point there */
};

/*
 * Parse ARGV (no program name in front) by SETS, as for options_parse().
 * Fields may point into ARGV, and into *A, until that is cleared.
 */
int arguments_parse(struct arguments *, const struct option_set *sets,
    char *const *argv, struct error *);

void arguments_clear(struct arguments *);

#endif
