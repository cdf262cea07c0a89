/* SPDX-License-Identifier: ISC */
/*
 * Questions to the aws program (AWS CLI, version 1.17.10 or later), which knows
 * of regions, profiles and credentials.
 */
#ifndef DOCKERUTILS_AWS_H
#define DOCKERUTILS_AWS_H

#include "base/strv.h"

struct call;
struct error;
struct record;

/* Append "aws" and WORDS, which NULL ends. */
void aws_argv(struct strv *argv, const char *word, ...)
    __attribute__((sentinel));

/* Append where the dock is, and whose: options of the aws program. */
void aws_add_account(struct strv *argv, const struct record *);

/*
 * Ask it.  Returns what it has answered, without a newline at the end, for the
 * caller to free; or NULL with the error set, its own words in it.
 */
char *aws_ask(const struct call *, char *const *argv, struct error *);

/*
 * The region: $AWS_REGION, $AWS_DEFAULT_REGION, or that of the profile.  The
 * caller frees it; NULL with the error set.
 */
char *aws_region(const struct call *, struct error *);

/* The profile that the environment names; NULL: none. */
const char *aws_profile(void);

#endif
