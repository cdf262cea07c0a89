/* SPDX-License-Identifier: ISC */
/* What the FROM lines of a Dockerfile say. */
#ifndef DOCKERUTILS_DOCKERFILE_H
#define DOCKERUTILS_DOCKERFILE_H

#include <stdbool.h>

#include "base/strv.h"

struct error;

struct dockerfile {
	bool exists;
	bool builder;		/* a stage is called "builder", in any case */
	struct strv from;	/* the images that it is made from, as written */
};

/* Of TEXT. */
void dockerfile_parse(struct dockerfile *, const char *text);

/* Of docker/IMAGE/Dockerfile; that need not exist. */
int dockerfile_read(struct dockerfile *, const char *image, struct error *);

void dockerfile_clear(struct dockerfile *);

#endif
