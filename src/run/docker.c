/* SPDX-License-Identifier: ISC */
#include "run/docker.h"

#include "base/strv.h"

void
docker_argv(const struct docker *d, struct strv *argv, const char *verb)
{
	strv_push(argv, d->program);
	strv_push_option(argv, "--host", d->host);
	strv_push_option(argv, "--context", d->context);
	strv_push(argv, verb);
}

void
docker_argv_target(struct strv *argv, const char *target)
{
	if (target[0] == '-')
		strv_push(argv, "--");
	strv_push(argv, target);
}
