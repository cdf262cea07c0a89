/* SPDX-License-Identifier: ISC */
#include "keeper/delivery.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/libexec.h"
#include "base/mem.h"
#include "base/strv.h"
#include "keeper/errand.h"
#include "run/child.h"
#include "run/docker.h"

#define AGENT		"dexec-agent"
#define LIMIT_MS	60000
#define SCRIPT		"cat >\"$1\" && chmod 755 \"$1\""

/* A name that nobody else has. */
static char *
random_path(const char *directory)
{
	return mem_printf("%s/.dexec-%08" PRIx32 "%08" PRIx32, directory,
	    arc4random(), arc4random());
}

static int
copy(const struct errands *errands, const struct docker *d, const char *id,
    const char *path, struct error *e)
{
	MEM_AUTO char *agent = libexec_path(AGENT);
	STRV_AUTO struct strv argv = { 0 };

	child_argv(&argv, NULL);
	docker_argv(d, &argv, "cp");
	strv_push(&argv, "-L");
	strv_push(&argv, agent);
	strv_pushf(&argv, "%s:%s", id, path);
	return errand_run(errands, &argv, LIMIT_MS, NULL, e);
}

static int
write_by_shell(const struct errands *errands, const struct docker *d,
    const char *id, const char *path, struct error *e)
{
	MEM_AUTO char *agent = libexec_path(AGENT);
	STRV_AUTO struct strv argv = { 0 };

	child_argv(&argv, agent);
	docker_argv(d, &argv, "exec");
	strv_push(&argv, "-i");
	strv_push_option(&argv, "-u", "0");
	strv_push(&argv, id);
	strv_push(&argv, "sh");
	strv_push_option(&argv, "-c", SCRIPT);
	strv_push(&argv, "sh");
	strv_push(&argv, path);
	return errand_run(errands, &argv, LIMIT_MS, NULL, e);
}

char *
delivery_put(const struct errands *errands, const struct docker *d,
    const char *id, struct error *e)
{
	ERROR_AUTO struct error first = { 0 };
	char *path = random_path("");

	if (copy(errands, d, id, path, &first) == 0)
		return path;
	free(path);
	path = random_path("/dev");
	if (write_by_shell(errands, d, id, path, e) == 0)
		return path;
	free(path);
	error_set(e, "the agent cannot be put there: %s", first.text);
	return NULL;
}

void
delivery_remove(const struct errands *errands, const struct docker *d,
    const char *id, const char *path)
{
	ERROR_AUTO struct error e = { 0 };
	STRV_AUTO struct strv argv = { 0 };

	child_argv(&argv, NULL);
	docker_argv(d, &argv, "exec");
	strv_push_option(&argv, "-u", "0");
	strv_push(&argv, id);
	strv_push(&argv, path);
	strv_push(&argv, "--unlink");
	errand_run(errands, &argv, LIMIT_MS, NULL, &e);
}
