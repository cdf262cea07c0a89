/* SPDX-License-Identifier: ISC */
#include "fanout/roster.h"

#include <sys/resource.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "fanout/joblog.h"
#include "fanout/resolve.h"

#define JOBS_MOST	16	/* by default: more only wait for the engine */
#define FILES_MOST	65536	/* descriptors that we ask for */
#define FILES_OURS	64
#define FILES_JOB	12	/* that one that runs may need */

static void
make_absentees(struct roster *all, const struct resolved *r)
{
	struct result *result;

	all->absent_count = r->lost_count;
	all->absent = mem_zero(r->lost_count + 1, sizeof(*all->absent));
	for (size_t i = 0; i < r->lost_count; i++) {
		result = &all->absent[i].result;
		*result = (struct result){ .name = r->lost[i].name,
		    .index = all->n + i, .started = true, .attempts = 1,
		    .number = r->targets.n + i + 1,
		    .outcome = { .value = STATUS_FAILED,
		    .finding = FINDING_ENGINE, .message = mem_printf("%s: %s",
		    r->lost[i].name, r->lost[i].reason) } };
		all->absent[i].printout.result = result;
		all->results[all->total++] = result;
	}
}

void
roster_make(struct roster *all, const struct job_setup *setup,
    const struct joblog_past *past)
{
	const struct resolved *r = setup->request->resolved;
	struct job *j;

	memset(all, 0, sizeof(*all));
	all->jobs = mem_zero(r->targets.n + 1, sizeof(*all->jobs));
	all->plans = mem_zero(r->targets.n + 1, sizeof(*all->plans));
	all->results = mem_zero(r->targets.n + r->lost_count + 1,
	    sizeof(*all->results));
	for (size_t i = 0; i < r->targets.n; i++) {
		if (joblog_succeeded(past, r->targets.v[i].name))
			continue;
		j = &all->jobs[all->n];
		job_init(j, setup, &r->targets.v[i], all->n, i + 1);
		all->plans[all->n] = &j->plan;
		all->results[all->n++] = &j->result;
	}
	all->total = all->n;
	make_absentees(all, r);
}

static size_t
suitable(size_t targets)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cpus > 0 && 2 * cpus < JOBS_MOST ? (size_t)cpus * 2 :
	    JOBS_MOST;

	return targets < most ? targets : most;
}

static rlim_t
raise_limit(void)
{
	struct rlimit limit = { FILES_OURS, FILES_OURS };

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= FILES_MOST)
		return limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max < FILES_MOST ? limit.rlim_max :
	    FILES_MOST;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

int
roster_fit(const struct roster *all, int wanted, size_t *most,
    struct error *e)
{
	rlim_t limit = raise_limit();
	size_t kept = all->n + FILES_OURS, room;

	*most = wanted > 0 ? (size_t)wanted : suitable(all->n);
	if (limit < kept + FILES_JOB)
		return error_set(e, "%zu containers are too many for a limit "
		    "of %llu open files", all->n, (unsigned long long)limit);
	room = (size_t)(limit - kept) / FILES_JOB;
	if (*most > room)
		*most = room;
	return 0;
}

char *
roster_progress(const struct roster *all, size_t over, size_t failed)
{
	const struct job *j, *slowest = NULL;
	size_t running = 0;
	struct buf b = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		j = &all->jobs[i];
		if (j->state != JOB_RUNNING)
			continue;
		running++;
		if (slowest == NULL || j->begun < slowest->begun)
			slowest = j;
	}
	buf_addf(&b, "%zu/%zu done", over, all->total);
	if (failed > 0)
		buf_addf(&b, ", %zu failed", failed);
	if (running > 0)
		buf_addf(&b, ", %zu running, slowest %s", running,
		    slowest->result.name);
	return buf_steal(&b);
}

void
roster_clear(struct roster *all)
{
	for (size_t i = 0; i < all->n; i++)
		job_clear(&all->jobs[i]);
	for (size_t i = 0; i < all->absent_count; i++) {
		printout_clear(&all->absent[i].printout);
		result_clear(&all->absent[i].result);
	}
	free(all->jobs);
	free(all->plans);
	free(all->results);
	free(all->absent);
	memset(all, 0, sizeof(*all));
}
