/* SPDX-License-Identifier: ISC */
#include "keeper/opening.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "keeper/delivery.h"
#include "keeper/errand.h"
#include "keeper/keeper.h"
#include "keeper/request.h"
#include "run/child.h"

#define ASK_MS		20000
#define HELLO_MS	20000
#define EVENTS_MS	10000

/* What docker calls the machine that this was built for. */
#if defined(__x86_64__)
#define ARCHITECTURE "amd64"
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
#elif defined(__i386__)
#define ARCHITECTURE "386"
#elif defined(__arm__)
#define ARCHITECTURE "arm"
#elif defined(__riscv)
#define ARCHITECTURE "riscv64"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE "ppc64le"
#elif defined(__s390x__)
#define ARCHITECTURE "s390x"
#else
#define ARCHITECTURE "unknown"
#endif

static void
time_over(void *arg)
{
	*(bool *)arg = true;
}

/* Go on until FLAG is set, for LIMIT ms: 0, or -1 when it was not. */
static int
wait_for(struct keeper *k, const bool *flag, int64_t limit, struct error *e)
{
	bool late = false;
	struct loop_timer timer = { .fire = time_over, .arg = &late };
	int rc = 0;

	loop_after(&k->loop, &timer, limit);
	while (rc == 0 && !*flag && !late && k->why == NULL)
		rc = keeper_round(k, e);
	loop_cancel(&k->loop, &timer);
	if (rc == 0 && !*flag)
		rc = error_set(e, "no answer");
	if (k->why != NULL)
		rc = error_set(e, "%s", k->why);
	return rc;
}

static int
check_machine(struct keeper *k, const struct errands *errands, struct error *e)
{
	MEM_AUTO char *machine = NULL, *shown = NULL;
	STRV_AUTO struct strv argv = { 0 };

	child_argv(&argv, NULL);
	docker_argv(&k->request->docker, &argv, "version");
	strv_push_option(&argv, "--format", "{{.Server.Os}}/{{.Server.Arch}}");
	if (errand_run(errands, &argv, ASK_MS, &machine, e) == -1)
		return -1;
	machine[strcspn(machine, "\n")] = '\0';
	if (strcmp(machine, "linux/" ARCHITECTURE) == 0)
		return 0;
	shown = text_printable(machine, 60);
	return error_set(e, "the engine is %s, and the agent is linux/"
	    ARCHITECTURE, shown);
}

static int
inspect(struct keeper *k, const struct errands *errands, struct snapshot *s,
    struct error *e)
{
	MEM_AUTO char *text = NULL;
	STRV_AUTO struct strv argv = { 0 };
	STRV_AUTO struct strv names = { 0 };
	const char *name;

	strv_push(&names, k->request->target);
	child_argv(&argv, NULL);
	snapshot_argv(&k->request->docker, &names, &argv);
	if (errand_run(errands, &argv, ASK_MS, &text, e) == -1)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	if (snapshot_parse(s, text, &name) == -1)
		return error_set(e, "docker inspect says what nobody asked");
	if (s->kind == STATE_RUNNING)
		return 0;
	if (s->kind == STATE_PAUSED)
		return error_set(e, "the container is paused");
	return error_set(e, "the container does not run");
}

static int
identify(struct keeper *k, const struct errands *errands, struct error *e)
{
	if (inspect(k, errands, &k->subject, e) == -1)
		return -1;
	k->known = true;
	return 0;
}

/*
 * Docker does not say when it has got through to the engine.  What we have done
 * ourselves must be told: from there on everything is.
 */
static int
check_events(struct keeper *k, const struct errands *errands, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };

	if (!k->followed) {
		child_argv(&argv, NULL);
		docker_argv(&k->request->docker, &argv, "cp");
		strv_pushf(&argv, "%s:/etc/hostname", k->subject.id);
		strv_push(&argv, "-");
		if (errand_run(errands, &argv, ASK_MS, NULL, e) == -1)
			return -1;
	}
	if (wait_for(k, &k->followed, EVENTS_MS, e) == -1)
		return error_context(e, "events of the container");
	return 0;
}

/* Is it the same as before, still? */
static int
check_again(struct keeper *k, const struct errands *errands, struct error *e)
{
	struct snapshot now;

	if (inspect(k, errands, &now, e) == -1)
		return -1;
	if (strcmp(now.id, k->subject.id) != 0 ||
	    now.started != k->subject.started)
		return error_set(e, "the container has changed meanwhile");
	return 0;
}

static int
start_agent(struct keeper *k, const char *path, struct error *e)
{
	const struct request *r = k->request;
	STRV_AUTO struct strv argv = { 0 };

	child_argv(&argv, NULL);
	docker_argv(&r->docker, &argv, "exec");
	strv_push(&argv, "-i");
	strv_push_option(&argv, "-u", r->user);
	if (r->privileged)
		strv_push(&argv, "--privileged");
	strv_push(&argv, k->subject.id);
	strv_push(&argv, path);
	strv_push(&argv, "--unlink");
	if (keeper_connect(k, &argv, e) == -1)
		return -1;
	if (wait_for(k, &k->greeted, HELLO_MS, e) == -1)
		return error_context(e, "the agent in the container");
	return 0;
}

/*
 * Where the agent is among the processes that we see, docker and the engine have
 * done their part: they hold it, and carry nothing any more.
 */
static int
take_shortcut(struct keeper *k, const char *path, struct error *e)
{
	struct shortcut *s = &k->shortcut;

	if (shortcut_open(s, path, &k->agent) == -1)
		return 0;
	if (exchange_switch(&k->exchange, s->from, s->to) == -1)
		return error_set(e, "the agent cannot be told anything");
	if (wait_for(k, &k->exchange.switched, HELLO_MS, e) == -1)
		return error_context(e, "the way to the agent");
	return 0;
}

/* Whoever is not root there cannot remove its own file. */
static int
bring_agent(struct keeper *k, const struct errands *errands, struct error *e)
{
	const struct docker *d = &k->request->docker;
	const bool never = false;
	const struct errands patient = { errands->loop, &never };
	MEM_AUTO char *path = delivery_put(errands, d, k->subject.id, e);
	int rc;

	if (path == NULL)
		return -1;
	rc = start_agent(k, path, e);
	if (rc == 0)
		rc = take_shortcut(k, path, e);
	if (rc == -1 || k->agent.uid != 0)
		delivery_remove(&patient, d, k->subject.id, path);
	return rc;
}

int
keeper_begin(struct keeper *k, struct error *e)
{
	const struct errands errands = { &k->loop, &k->quit };

	if (check_machine(k, &errands, e) == -1 ||
	    identify(k, &errands, e) == -1 ||
	    bring_agent(k, &errands, e) == -1 ||
	    check_events(k, &errands, e) == -1 ||
	    check_again(k, &errands, e) == -1)
		return -1;
	if (k->why != NULL)
		return error_set(e, "%s", k->why);
	return keeper_open(k, e);
}
