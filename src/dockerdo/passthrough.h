/* SPDX-License-Identifier: ISC */
/*
 * A command line most of which is docker's: only whole words that are long
 * options of ours, and letters that are, each as a word of its own, are taken
 * out of it; all else stays as it is and in its order.
 */
#ifndef DOCKERDO_PASSTHROUGH_H
#define DOCKERDO_PASSTHROUGH_H

#include "base/options.h"

struct error;
struct strv;

/*
 * Parse ARGV by SETS, as for options_parse(), with those LETTERS (NULL: none).
 * What is not ours is appended to WORDS.  The first "--" is dropped, and what
 * stands behind it is docker's.
 */
int passthrough_parse(struct strv *words, const struct option_set *sets,
    const char *letters, char *const *argv, struct error *);

#endif
