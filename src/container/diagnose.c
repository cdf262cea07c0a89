/* SPDX-License-Identifier: ISC */
#include "container/diagnose.h"

#include <sys/wait.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"
#include "container/launch.h"
#include "container/probe.h"

#define LIMIT_MS	10000	/* for one docker call, on a loaded machine */
#define LOOK_AGAIN_MS	120
#define MOST_LOOKS	3
#define SLACK_MS	50	/* between the engine's times and ours */

static void look(struct diagnosis *d, void (*then)(void *arg));
static void look_later(struct diagnosis *d, void (*then)(void *arg));
static void state_known_after_kill(void *arg);

/* MESSAGE is taken. */
static void
find(struct diagnosis *d, enum finding_kind kind, char *message)
{
	d->finding.kind = kind;
	d->finding.message = message;
	d->done(d->arg);
}

static void
find_command(struct diagnosis *d)
{
	find(d, FINDING_COMMAND, NULL);
}

/* docker's own words, without what stands in front of them. */
static void
find_in_words(struct diagnosis *d, enum finding_kind kind, const char *text)
{
	MEM_AUTO char *target = plan_shown(d->plan);
	MEM_AUTO char *clean = launch_clean(text);
	MEM_AUTO char *shown = text_printable(clean, 1000);

	find(d, kind, mem_printf("%s: %s", target, shown));
}

/* Run ARGV, then go on. */
static void
ask(struct diagnosis *d, struct strv *argv, void (*then)(void *arg))
{
	ERROR_AUTO struct error e = { 0 };

	say_command(d->say, strv_argv(argv));
	if (capture_start(&d->capture, d->loop, strv_argv(argv), LIMIT_MS,
	    then, d, &e) == -1)
		find(d, FINDING_ENGINE, mem_dup(e.text));
	strv_clear(argv);
}

/* The engine does not answer. */
static void
find_engine(struct diagnosis *d)
{
	const char *said = buf_text(&d->capture.err);
	MEM_AUTO char *target = plan_shown(d->plan);
	MEM_AUTO char *clean = NULL;
	MEM_AUTO char *shown = NULL;

	if (d->capture.timed_out)
		said = "no answer";
	clean = launch_clean(*said != '\0' ? said : d->evidence.err);
	shown = text_printable(clean, 500);
	if (d->status == STATUS_KILLED || d->status == STATUS_CUT_OFF ||
	    d->evidence.more_out || d->evidence.lost != NULL)
		find(d, FINDING_LOST, mem_printf("%s: lost the engine while "
		    "the command ran; it may be running still (%s)", target,
		    shown));
	else
		find(d, FINDING_ENGINE, mem_printf(
		    "%s: cannot reach the engine: %s", target, shown));
}

/* The list of names has come: which was meant? */
static void
names_known(void *arg)
{
	struct diagnosis *d = arg;
	MEM_AUTO char *target = plan_shown(d->plan);
	MEM_AUTO char *shown = NULL;
	char *list = buf_steal(&d->capture.out), *rest = list, *name;
	struct strv names = { 0 };
	const char *near;

	while ((name = strsep(&rest, "\r\n")) != NULL)
		if (*name != '\0')
			strv_push(&names, name);
	near = text_nearest(d->plan->target,
	    (const char *const *)strv_argv(&names));
	shown = near != NULL ? text_printable(near, 200) : NULL;
	if (shown != NULL)
		find(d, FINDING_CONTAINER, mem_printf("no such container: %s "
		    "(did you mean %s?)", target, shown));
	else
		find(d, FINDING_CONTAINER, mem_printf("no such container: %s",
		    target));
	strv_clear(&names);
	free(list);
}

static void
find_none(struct diagnosis *d)
{
	struct strv argv = { 0 };

	docker_argv(d->plan->docker, &argv, "ps");
	strv_push(&argv, "--all");
	strv_push(&argv, "--format");
	strv_push(&argv, "{{.Names}}");
	ask(d, &argv, names_known);
}

static void
find_state(struct diagnosis *d)
{
	MEM_AUTO char *target = plan_shown(d->plan);
	MEM_AUTO char *is = state_describe(&d->state);

	d->finding.stopped = d->state.kind == STATE_STOPPED;
	find(d, FINDING_CONTAINER, mem_printf("container %s %s", target, is));
}

static void
find_lost(struct diagnosis *d, const char *what)
{
	MEM_AUTO char *target = plan_shown(d->plan);

	find(d, FINDING_LOST, mem_printf("container %s %s while the command "
	    "ran", target, what));
}

/*
 * docker complained, but the container runs: start nothing in the same way.
 * Where that gives the same complaint, it was docker's.
 */
static void
nothing_started(void *arg)
{
	struct diagnosis *d = arg;
	const char *said = buf_text(&d->capture.err);
	enum launch launch = launch_classify(d->plan, d->evidence.err);

	if (*said == '\0' || strcmp(said, d->evidence.err) != 0) {
		find_command(d);
		return;
	}
	if (launch == LAUNCH_NONE)
		find_in_words(d, FINDING_ENGINE, d->evidence.err);
	else
		find_in_words(d, FINDING_NOT_INVOKED, d->evidence.err);
}

static void
start_nothing(struct diagnosis *d)
{
	struct strv argv = { 0 };

	probe_nothing_argv(d->plan, &argv);
	ask(d, &argv, nothing_started);
}

/* It runs now, and did not when docker came. */
static void
find_too_early(struct diagnosis *d)
{
	MEM_AUTO char *target = plan_shown(d->plan);

	find(d, FINDING_CONTAINER, mem_printf("container %s was not running "
	    "when the command was to start", target));
}

static bool is_younger(struct diagnosis *d);
static void ask_engine_time(struct diagnosis *d, void (*then)(void *arg));

static void
time_known_after_error(void *arg)
{
	struct diagnosis *d = arg;

	if (is_younger(d))
		find_too_early(d);
	else
		start_nothing(d);
}

/* Whose words are they? */
static void
running_after_error(struct diagnosis *d)
{
	const char *said = d->evidence.err;

	if (launch_is_about_state(said))
		ask_engine_time(d, time_known_after_error);
	else if (launch_is_paused(d->plan, said))
		find_in_words(d, FINDING_CONTAINER, said);
	else if (launch_is_engines(said))
		find_in_words(d, FINDING_ENGINE, said);
	else
		start_nothing(d);
}

/* docker has printed an error and has status 1, as a command could have. */
static void
state_known_after_error(void *arg)
{
	struct diagnosis *d = arg;

	state_read(&d->state, &d->capture);
	switch (d->state.kind) {
	case STATE_UNKNOWN:
		find_engine(d);
		return;
	case STATE_NONE:
		find_none(d);
		return;
	case STATE_RUNNING:
		running_after_error(d);
		return;
	default:
		find_state(d);
		return;
	}
}

/*
 * The engine's own clock has come: is the container younger than our call?  It
 * was read after we asked, however long the answer took: so it surely is, or is
 * taken for older.
 */
static bool
is_younger(struct diagnosis *d)
{
	MEM_AUTO char *text = NULL;
	int64_t now, elapsed = d->asked - d->evidence.begun;

	buf_add_byte(&d->capture.out, '\n');
	text = mem_printf("%.*s", (int)strcspn(buf_text(&d->capture.out),
	    "\r\n"), buf_text(&d->capture.out));
	if (!capture_succeeded(&d->capture) ||
	    clock_parse_date(text, &now) == -1)
		now = (int64_t)time(NULL) * 1000;
	return d->state.started > 0 &&
	    now - d->state.started + SLACK_MS < elapsed;
}

/* The container is as it was: only the connection into it is gone. */
static void
find_lost_connection(struct diagnosis *d)
{
	MEM_AUTO char *target = plan_shown(d->plan);

	find(d, FINDING_LOST, mem_printf("%s: lost the warm connection while "
	    "the command ran (%s)", target, d->evidence.lost));
}

static void
engine_time_known(void *arg)
{
	struct diagnosis *d = arg;

	if (is_younger(d))
		find_lost(d, "was restarted");
	else if (d->looks < MOST_LOOKS)
		look_later(d, state_known_after_kill);
	else if (d->evidence.lost != NULL)
		find_lost_connection(d);
	else if (d->status != STATUS_KILLED &&
	    launch_is_about_state(d->evidence.out))
		find_too_early(d);
	else
		find_command(d);
}

static void
ask_engine_time(struct diagnosis *d, void (*then)(void *arg))
{
	struct strv argv = { 0 };

	docker_argv(d->plan->docker, &argv, "info");
	strv_push(&argv, "--format");
	strv_push(&argv, "{{.SystemTime}}");
	d->asked = clock_now();
	ask(d, &argv, then);
}

/* Killed or cut off: by whom? */
static void
state_known_after_kill(void *arg)
{
	struct diagnosis *d = arg;

	d->looks++;
	state_read(&d->state, &d->capture);
	switch (d->state.kind) {
	case STATE_UNKNOWN:
		find_engine(d);
		return;
	case STATE_NONE:
		find_lost(d, "was removed");
		return;
	case STATE_RESTARTING:
		find_lost(d, "was restarted");
		return;
	case STATE_STOPPED:
		find_lost(d, strcmp(d->state.word, "removing") == 0 ?
		    "was removed" : "stopped");
		return;
	default:
		ask_engine_time(d, engine_time_known);
		return;
	}
}

static void
look_again(void *arg)
{
	struct diagnosis *d = arg;

	look(d, d->then);
}

/* A dying container counts as running for a while. */
static void
look_later(struct diagnosis *d, void (*then)(void *arg))
{
	d->then = then;
	loop_after(d->loop, &d->again, LOOK_AGAIN_MS);
}

static void
look(struct diagnosis *d, void (*then)(void *arg))
{
	struct strv argv = { 0 };

	state_argv(d->plan->docker, d->plan->target, &argv);
	ask(d, &argv, then);
}

static void
find_not_started(struct diagnosis *d)
{
	const char *said = evidence_words(&d->evidence);

	if (launch_is_about_state(said))
		find_too_early(d);
	else
		find_in_words(d, d->launch == LAUNCH_NOT_FOUND ?
		    FINDING_NOT_FOUND : FINDING_NOT_INVOKED, said);
}

/* Neither the command nor anything else could be started. */
static void
state_known_after_failed_start(void *arg)
{
	struct diagnosis *d = arg;

	d->looks++;
	state_read(&d->state, &d->capture);
	if (d->state.kind == STATE_UNKNOWN)
		find_engine(d);
	else if (d->state.kind == STATE_NONE)
		find_none(d);
	else if (d->state.kind != STATE_RUNNING)
		find_state(d);
	else if (d->looks < MOST_LOOKS)
		look_later(d, state_known_after_failed_start);
	else
		find_not_started(d);
}

/* docker said something of its own, where the probe should have. */
static bool
probe_failed(const struct diagnosis *d)
{
	const char *out = buf_text(&d->capture.out);
	const char *err = buf_text(&d->capture.err);

	if (*out != '\0' && launch_may_be_stdout(out, strlen(out)))
		return launch_is_vague(out);
	return *err != '\0' && launch_may_be_stderr(err, strlen(err)) &&
	    strcmp(err, d->evidence.err) != 0;
}

/* docker says it could not be started.  The container may say otherwise. */
static void
start_checked(void *arg)
{
	struct diagnosis *d = arg;
	bool unsaid = d->evidence.out[0] == '\0' &&
	    d->evidence.err[0] == '\0';

	if (WIFEXITED(d->capture.wait_status) &&
	    WEXITSTATUS(d->capture.wait_status) == 0)
		find_command(d);
	else if (unsaid)
		find(d, WIFEXITED(d->capture.wait_status) &&
		    WEXITSTATUS(d->capture.wait_status) == STATUS_NOT_FOUND ?
		    FINDING_NOT_FOUND : FINDING_COMMAND, NULL);
	else if (probe_failed(d))
		look(d, state_known_after_failed_start);
	else
		find_not_started(d);
}

static void
check_start(struct diagnosis *d)
{
	struct strv argv = { 0 };

	probe_start_argv(d->plan, &argv);
	ask(d, &argv, start_checked);
}

static void
find_dead_client(struct diagnosis *d)
{
	MEM_AUTO char *program = text_printable(d->plan->docker->program, 100);

	find(d, FINDING_LOST, mem_printf("%s was killed by signal %d (%s)",
	    program, WTERMSIG(d->evidence.wait_status),
	    strsignal(WTERMSIG(d->evidence.wait_status))));
}

static void
look_briefly(struct diagnosis *d)
{
	d->looks = MOST_LOOKS - 2;
	look(d, state_known_after_kill);
}

void
diagnose_start(struct diagnosis *d, struct loop *loop,
    const struct plan *plan, const struct say *say,
    const struct evidence *evidence, void (*done)(void *arg), void *arg)
{
	diagnose_clear(d);
	d->loop = loop;
	d->plan = plan;
	d->say = say;
	d->evidence = *evidence;
	d->done = done;
	d->arg = arg;
	d->again.fire = look_again;
	d->again.arg = d;
	d->status = evidence_status(evidence);
	if (evidence->lost != NULL)
		look(d, state_known_after_kill);
	else if (d->status == -1)
		find_dead_client(d);
	else if ((d->launch = evidence_launch(evidence, plan)) != LAUNCH_NONE)
		check_start(d);
	else if (d->status == STATUS_KILLED || d->status == STATUS_CUT_OFF)
		look(d, state_known_after_kill);
	else if (d->status != 0 && evidence->err[0] != '\0' &&
	    !evidence->more_err)
		look(d, state_known_after_error);
	else if (evidence->direct && d->status == STATUS_NOT_INVOKED)
		check_start(d);
	else if (evidence_may_be_dying(evidence))
		look_briefly(d);
	else
		find_command(d);
}

void
diagnose_clear(struct diagnosis *d)
{
	if (d->loop != NULL)
		loop_cancel(d->loop, &d->again);
	capture_clear(&d->capture);
	free(d->finding.message);
	memset(d, 0, sizeof(*d));
}
