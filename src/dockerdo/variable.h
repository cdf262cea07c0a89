/* SPDX-License-Identifier: ISC */
/* Variables of a session: their names, and the values that they may have. */
#ifndef DOCKERDO_VARIABLE_H
#define DOCKERDO_VARIABLE_H

#include <stdbool.h>

struct error;

/* NAME, of LENGTH bytes, is one for a shell. */
bool variable_name_is_good(const char *name, int length);

/*
 * NAME would change what docker, or a program that it runs, does on our side,
 * where its environment had it.
 */
bool variable_is_dockers(const char *word);

/*
 * WORD, NAME=VALUE, can be given to a command in the container: 0, or -1 with
 * the error set.
 */
int variable_check(const char *word, struct error *);

#endif
