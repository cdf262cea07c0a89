/* SPDX-License-Identifier: ISC */
/*
 * The variables that a container gets, as docker's "-e" words.  What a secret
 * variable holds stands in no argv: docker takes it from its own environment.
 */
#ifndef DOCKERUTILS_ENVIRONMENT_H
#define DOCKERUTILS_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

struct error;
struct slots;

struct environment {
	struct strv argv;	/* "-e", "NAME=VALUE" or "NAME", ... */
	struct strv hidden;	/* NAME=VALUE for docker's own environment */
};

/*
 * Of an image, by its keys "environment" and "env", by the words GIVEN on the
 * command line, which count more, and by our own AWS_* variables, which count
 * where nothing else names them.
 */
int environment_make(struct environment *, const struct slots *,
    const struct strv *given, struct error *);

/*
 * Append "-e NAME" for each AWS_* variable that we have, and WANTED names
 * (NULL: all six).
 */
void environment_add_aws(struct strv *argv, const struct strv *wanted);

/* A variable of that name holds what nobody should see. */
bool environment_is_secret(const char *name, size_t length);

void environment_clear(struct environment *);

#endif
