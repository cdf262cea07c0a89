/* SPDX-License-Identifier: ISC */
/* The EC2 instances that docks are, as the aws program tells. */
#ifndef DOCKERUTILS_INSTANCE_H
#define DOCKERUTILS_INSTANCE_H

#include <stdbool.h>

#include "base/strv.h"

struct call;
struct error;
struct record;

struct instance {
	char *id;
	char *state;		/* "running", "stopped", ... */
	char *name;		/* its tag Name, or NULL */
};

/* The dock may be one: its instance is recorded, or its host is an address. */
bool instance_possible(const struct record *);

/* Append the question for it: aws ec2 describe-instances ... */
void instance_argv(const struct record *, struct strv *argv);

/*
 * Take ANSWER apart, JSON of describe-instances.  1: there is one, 0: none, -1
 * with the error set when there are several, or it is no such answer.
 */
int instance_parse(struct instance *, const char *answer, struct error *);

/* Ask for the dock's instance; none is an error, too. */
int instance_find(struct instance *, const struct call *,
    const struct record *, struct error *);

void instance_clear(struct instance *);
#define INSTANCE_AUTO __attribute__((cleanup(instance_clear)))

#endif
