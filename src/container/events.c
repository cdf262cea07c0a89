/* SPDX-License-Identifier: ISC */
#include "container/events.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/say.h"
#include "base/strv.h"
#include "run/docker.h"
#include "run/spawn.h"

#define LINE_MAX_BYTES	4096	/* ours have some 250 */
#define PAUSE_MIN_MS	100
#define PAUSE_MAX_MS	5000
#define STEADY_MS	10000	/* a stream that lasts so long was all right */

/*
 * No label, image name or command can look like a line of ours, or like
 * another field of it: those are not printed at all, and what is printed has
 * no blanks.
 */
#define FORMAT \
	"{{.TimeNano}} {{.Actor.ID}} {{urlquery .Action}} " \
	"{{urlquery (index .Actor.Attributes \"name\")}}"

static int
kind_of(const char *action, enum event_kind *kind)
{
	static const struct {
		const char *action;
		enum event_kind kind;
	} known[] = {
		{ "start", EVENT_START },
		{ "unpause", EVENT_UNPAUSE },
		{ "health_status%3A+healthy", EVENT_HEALTHY },
		{ "health_status", EVENT_CHANGE },
		{ "rename", EVENT_CHANGE },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(action, known[i].action) == 0) {
			*kind = known[i].kind;
			return 0;
		}
	}
	return -1;
}

int
event_parse(struct event *e, char *line)
{
	const char *nanoseconds = strsep(&line, " ");
	const char *action;
	char *end;

	e->id = strsep(&line, " ");
	action = strsep(&line, " ");
	e->name = line;
	if (nanoseconds == NULL || e->id == NULL || action == NULL ||
	    e->name == NULL || e->id[0] == '\0' || strchr(e->name, ' ') != NULL)
		return -1;
	errno = 0;
	e->at = strtoll(nanoseconds, &end, 10) / 1000000;
	if (errno != 0 || end == nanoseconds || *end != '\0' || e->at < 0)
		return -1;
	return kind_of(action, &e->kind);
}

static void
tell_line(struct events *ev, char *line)
{
	struct event e;

	if (ev->skipping)
		ev->skipping = false;
	else if (event_parse(&e, line) == 0)
		ev->hooks.happened(ev->hooks.arg, &e);
}

/* Whole lines; a hook may have cleared us. */
static void
tell_lines(struct events *ev)
{
	struct buf text = ev->text;
	char *line, *end;

	if (text.len == 0)
		return;
	memset(&ev->text, 0, sizeof(ev->text));
	for (line = text.data; ev->loop != NULL; line = end + 1) {
		end = memchr(line, '\n', text.len - (size_t)(line - text.data));
		if (end == NULL)
			break;
		*end = '\0';
		tell_line(ev, line);
	}
	if (ev->loop != NULL)
		buf_add(&ev->text, line,
		    text.len - (size_t)(line - text.data));
	buf_clear(&text);
	if (ev->text.len > LINE_MAX_BYTES) {
		buf_clear(&ev->text);
		ev->skipping = true;
	}
}

/* Read and tell what is there; false at the end of the stream. */
static bool
take(struct events *ev)
{
	char chunk[8192];
	ssize_t n = 1;

	/* Others on the loop want their turn too. */
	for (int i = 0; i < 16 && ev->loop != NULL && !ev->held; i++) {
		n = read(ev->out.fd, chunk, sizeof(chunk));
		if (n <= 0)
			break;
		buf_add(&ev->text, chunk, (size_t)n);
		tell_lines(ev);
	}
	return n > 0 || ev->loop == NULL || ev->held ||
	    (n == -1 && (errno == EAGAIN || errno == EINTR));
}

static void
stop(struct events *ev)
{
	loop_cancel(ev->loop, &ev->again);
	loop_unwatch(ev->loop, &ev->out);
	file_close(&ev->out.fd);
	buf_clear(&ev->text);
	ev->skipping = false;
	if (!ev->running)
		return;
	ev->running = false;
	loop_forget(ev->loop, &ev->child);
	kill(-ev->child.pid, SIGKILL);
	while (waitpid(ev->child.pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}

void
events_again(struct events *ev)
{
	stop(ev);
	if (clock_now() - ev->since >= STEADY_MS)
		ev->pause = PAUSE_MIN_MS;
	loop_after(ev->loop, &ev->again, ev->pause);
	ev->pause *= 2;
	if (ev->pause > PAUSE_MAX_MS)
		ev->pause = PAUSE_MAX_MS;
}

static void
read_on(struct events *ev)
{
	bool more = take(ev);

	if (ev->loop == NULL || ev->held)
		return;
	/* Somebody else may have the pipe open still. */
	if (!more || !ev->running)
		events_again(ev);
	ev->hooks.told(ev->hooks.arg);
}

static void
ready(void *arg, short revents)
{
	(void)revents;
	read_on(arg);
}

static void
changed(void *arg, int wait_status)
{
	struct events *ev = arg;

	if (WIFSTOPPED(wait_status))
		return;
	ev->running = false;
	read_on(ev);
}

static void
make_argv(const struct docker *d, struct strv *argv)
{
	static const char *const filters[] = { "type=container", "event=start",
	    "event=unpause", "event=rename", "event=health_status", NULL };

	docker_argv(d, argv, "events");
	/* All that the engine remembers. */
	strv_push_option(argv, "--since", "1");
	for (size_t i = 0; filters[i] != NULL; i++)
		strv_push_option(argv, "--filter", filters[i]);
	strv_push_option(argv, "--format", FORMAT);
}

static int
spawn(struct events *ev, int out, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	struct spawn s = { .own_group = true,
	    .fd = { SPAWN_NULL, out, SPAWN_NULL } };

	make_argv(ev->docker, &argv);
	say_command(ev->say, strv_argv(&argv));
	s.argv = strv_argv(&argv);
	ev->child.pid = spawn_start(&s, e);
	return ev->child.pid == -1 ? -1 : 0;
}

static int
start(struct events *ev, struct error *e)
{
	FD_AUTO int theirs = -1;
	int ends[2];

	ev->since = clock_now();
	if (file_pipe(ends, 0) == -1)
		return error_system(e, "cannot make a pipe");
	theirs = ends[1];
	ev->out.fd = ends[0];
	if (spawn(ev, theirs, e) == -1) {
		file_close(&ev->out.fd);
		return -1;
	}
	ev->running = true;
	loop_child(ev->loop, &ev->child);
	if (!ev->held)
		loop_watch(ev->loop, &ev->out);
	return 0;
}

static void
start_again(void *arg)
{
	ERROR_AUTO struct error e = { 0 };
	struct events *ev = arg;

	if (start(ev, &e) == -1)
		events_again(ev);
	else
		ev->hooks.began(ev->hooks.arg);
}

int
events_start(struct events *ev, struct loop *loop, const struct docker *d,
    const struct say *say, const struct events_hooks *hooks, struct error *e)
{
	memset(ev, 0, sizeof(*ev));
	ev->loop = loop;
	ev->docker = d;
	ev->say = say;
	ev->hooks = *hooks;
	ev->pause = PAUSE_MIN_MS;
	ev->out = (struct loop_watch){ .fd = -1, .events = POLLIN,
	    .ready = ready, .arg = ev };
	ev->child.changed = changed;
	ev->child.arg = ev;
	ev->again.fire = start_again;
	ev->again.arg = ev;
	return start(ev, e);
}

void
events_hold(struct events *ev)
{
	ev->held = true;
	loop_unwatch(ev->loop, &ev->out);
}

void
events_release(struct events *ev)
{
	ev->held = false;
	if (ev->out.fd == -1)
		return;
	loop_watch(ev->loop, &ev->out);
	if (!ev->running)
		read_on(ev);
}

void
events_clear(struct events *ev)
{
	if (ev->loop == NULL)
		return;
	stop(ev);
	memset(ev, 0, sizeof(*ev));
	ev->out.fd = -1;
}
