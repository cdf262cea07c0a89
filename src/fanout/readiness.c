/* SPDX-License-Identifier: ISC */
#include "fanout/readiness.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strv.h"

/* The jobs of one engine, in the order of the wait's targets. */
struct readiness_group {
	struct waiting waiting;
	const struct docker *docker;
	struct strv ids;
	struct job **jobs;
};

static void
settled(void *arg, size_t index, const char *failure)
{
	struct readiness_group *g = arg;
	struct job *j = g->jobs[index];
	size_t len = strlen(j->plan.target);
	MEM_AUTO char *why = NULL;

	if (failure == NULL) {
		job_wake(j);
		return;
	}
	/* It was waited for by ID, and is known by name. */
	if (strncmp(failure, j->plan.target, len) == 0)
		failure += len;
	why = mem_printf("%s%s", j->result.name, failure);
	job_refuse(j, why);
}

static struct readiness_group *
group_of(struct readiness *r, const struct docker *docker, size_t most)
{
	struct readiness_group *g;

	for (size_t i = 0; i < r->n; i++)
		if (r->groups[i].docker == docker)
			return &r->groups[i];
	g = &r->groups[r->n++];
	g->docker = docker;
	g->jobs = mem_zero(most, sizeof(struct job *));
	return g;
}

static void
add(struct readiness *r, struct job *j, size_t most)
{
	struct readiness_group *g = group_of(r, j->plan.docker, most);

	j->due = false;
	g->jobs[g->ids.n] = j;
	strv_push(&g->ids, j->plan.target);
}

int
readiness_start(struct readiness *r, struct loop *loop, struct job *jobs,
    size_t n, const struct waiting_request *like, struct error *e)
{
	struct waiting_request request = *like;

	r->groups = mem_zero(n + 1, sizeof(*r->groups));
	for (size_t i = 0; i < n; i++)
		add(r, &jobs[i], n);
	for (size_t i = 0; i < r->n; i++) {
		request.docker = r->groups[i].docker;
		request.targets = strv_argv(&r->groups[i].ids);
		request.settled = settled;
		request.arg = &r->groups[i];
		if (waiting_start(&r->groups[i].waiting, loop, &request,
		    e) == -1)
			return -1;
	}
	return 0;
}

void
readiness_clear(struct readiness *r)
{
	for (size_t i = 0; i < r->n; i++) {
		waiting_clear(&r->groups[i].waiting);
		strv_clear(&r->groups[i].ids);
		free(r->groups[i].jobs);
	}
	free(r->groups);
	memset(r, 0, sizeof(*r));
}
