/* SPDX-License-Identifier: ISC */
#include "dexec/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/error.h"
#include "base/mem.h"

#define DEFAULT_ENGINE_TIMEOUT	10000
#define DEFAULT_KILL_AFTER	10000
#define DEFAULT_WAIT_TIMEOUT	60000
#define DEFAULT_WARM_IDLE	600000

#define FIELD(name) offsetof(struct settings, name)

static const char *const color_choices[] = { "auto", "always", "never", NULL };
static const char *const wait_choices[] = { "no", "running", "healthy", NULL };

const struct option_row settings_rows[] = {
	{ .name = "disable_stream", .kind = OPTION_BOOL,
	    .offset = FIELD(disable_stream), .config = true,
	    .environment = "DEXEC_DISABLE_STREAM",
	    .help = "collect all output and print it at the end" },
	{ .name = "disable_spinner", .kind = OPTION_BOOL,
	    .offset = FIELD(disable_spinner), .config = true,
	    .environment = "DEXEC_DISABLE_SPINNER",
	    .help = "no sign of activity on the terminal" },
	{ .letter = 'H', .name = "host", .kind = OPTION_TEXT,
	    .offset = FIELD(host), .value = "HOST", .config = true,
	    .help = "the engine to talk to, as docker's -H" },
	{ .letter = 'c', .name = "context", .kind = OPTION_TEXT,
	    .offset = FIELD(context), .value = "NAME", .config = true,
	    .complete = COMPLETE_CONTEXT,
	    .help = "the docker context to use" },
	{ .name = "docker", .kind = OPTION_TEXT,
	    .offset = FIELD(docker), .value = "PROGRAM", .config = true,
	    .environment = "DEXEC_DOCKER", .complete = COMPLETE_PROGRAM,
	    .help = "the docker program (podman, nerdctl, a path)" },
	{ .name = "timeout", .kind = OPTION_TIME,
	    .offset = FIELD(timeout), .value = "TIME", .config = true,
	    .environment = "DEXEC_TIMEOUT",
	    .help = "end the command after TIME (90, 1.5s, 10m)" },
	{ .name = "kill-after", .kind = OPTION_TIME,
	    .offset = FIELD(kill_after), .value = "TIME", .config = true,
	    .environment = "DEXEC_KILL_AFTER",
	    .help = "KILL it TIME after that (10s; 0: never)" },
	{ .name = "no-reap", .kind = OPTION_BOOL,
	    .offset = FIELD(no_reap), .config = true,
	    .environment = "DEXEC_NO_REAP",
	    .help = "do not mark the command, do not end its processes" },
	{ .name = "wait", .kind = OPTION_CHOICE, .offset = FIELD(wait),
	    .value = "STATE", .bare = "running", .choices = wait_choices,
	    .config = true, .environment = "DEXEC_WAIT",
	    .help = "first wait until it is running (or healthy)" },
	{ .name = "wait-timeout", .kind = OPTION_TIME,
	    .offset = FIELD(wait_timeout), .value = "TIME", .config = true,
	    .environment = "DEXEC_WAIT_TIMEOUT",
	    .help = "wait no longer than TIME (1m; 0: no limit)" },
	{ .name = "warm", .kind = OPTION_BOOL, .offset = FIELD(warm),
	    .config = true, .environment = "DEXEC_WARM",
	    .help = "keep a connection into the container, and use it" },
	{ .name = "warm-idle", .kind = OPTION_TIME,
	    .offset = FIELD(warm_idle), .value = "TIME", .config = true,
	    .environment = "DEXEC_WARM_IDLE",
	    .help = "let go of it after TIME without a command (10m)" },
	{ .name = "print", .kind = OPTION_BOOL, .offset = FIELD(print),
	    .help = "show the docker command and do not run it" },
	{ .name = "color", .kind = OPTION_CHOICE, .offset = FIELD(color),
	    .value = "WHEN", .choices = color_choices, .config = true,
	    .help = "auto, always or never" },
	{ .letter = 'v', .name = "verbose", .kind = OPTION_BOOL,
	    .offset = FIELD(verbose), .config = true,
	    .help = "tell which docker commands are run" },
	{ .letter = 'q', .name = "quiet", .kind = OPTION_BOOL,
	    .offset = FIELD(quiet), .config = true,
	    .help = "no notes, no spinner; errors only" },
	{ .letter = 'h', .name = "help", .kind = OPTION_BOOL,
	    .offset = FIELD(help),
	    .help = "show this, or help for a command, and stop" },
	{ .name = "version", .kind = OPTION_BOOL, .offset = FIELD(version),
	    .help = "show the version and stop" },
	{ .name = NULL }
};

#define MANY(name) offsetof(struct settings, many.name)

static const char *const exit_choices[] = { "worst", "first", "any", "count",
    NULL };

const struct option_row many_rows[] = {
	{ .letter = 'x', .name = "exclude", .kind = OPTION_LIST,
	    .offset = MANY(exclude), .value = "TARGET",
	    .complete = COMPLETE_TARGET,
	    .help = "leave out what TARGET selects" },
	{ .name = "pick", .kind = OPTION_NUMBER, .offset = MANY(pick),
	    .value = "N", .least = 1,
	    .help = "take N of them, by chance" },
	{ .letter = 'j', .name = "jobs", .kind = OPTION_NUMBER,
	    .offset = MANY(jobs), .value = "N", .least = 1, .config = true,
	    .environment = "DEXEC_JOBS",
	    .help = "how many at a time (twice the CPUs, 16 at most)" },
	{ .name = "no-prefix", .kind = OPTION_BOOL, .offset = MANY(no_prefix),
	    .config = true,
	    .help = "no names in front of lines" },
	{ .name = "group", .kind = OPTION_BOOL, .offset = MANY(group),
	    .config = true,
	    .help = "all output of one at once, when it ends" },
	{ .letter = 'k', .name = "keep-order", .kind = OPTION_BOOL,
	    .offset = MANY(keep_order), .config = true,
	    .help = "the same, in the order of names" },
	{ .name = "gather", .kind = OPTION_BOOL, .offset = MANY(gather),
	    .help = "equal results once, with the names of all" },
	{ .name = "diff", .kind = OPTION_BOOL, .offset = MANY(diff),
	    .help = "gather; others as a diff against the first" },
	{ .name = "json", .kind = OPTION_BOOL, .offset = MANY(json),
	    .help = "a JSON object for each, on a line" },
	{ .name = "outdir", .kind = OPTION_TEXT, .offset = MANY(outdir),
	    .value = "DIR", .complete = COMPLETE_DIRECTORY,
	    .help = "outputs into DIR/NAME.out and DIR/NAME.err" },
	{ .name = "exit", .kind = OPTION_CHOICE, .offset = MANY(exit),
	    .value = "WHICH", .choices = exit_choices, .config = true,
	    .help = "status of all: worst, first, any or count" },
	{ .name = "halt", .kind = OPTION_TEXT, .offset = MANY(halt),
	    .value = "WHEN",
	    .help = "stop at failures: soon,fail=1, now,fail=20%" },
	{ .name = "retries", .kind = OPTION_NUMBER, .offset = MANY(retries),
	    .value = "N", .config = true,
	    .help = "try N times more what surely did not start" },
	{ .name = "joblog", .kind = OPTION_TEXT, .offset = MANY(joblog),
	    .value = "FILE", .complete = COMPLETE_FILE,
	    .help = "log what ran, as GNU parallel does" },
	{ .name = "resume-failed", .kind = OPTION_BOOL,
	    .offset = MANY(resume_failed),
	    .help = "only what has not succeeded by the joblog" },
	{ .name = "engine-timeout", .kind = OPTION_TIME,
	    .offset = MANY(engine_timeout), .value = "TIME", .config = true,
	    .environment = "DEXEC_ENGINE_TIMEOUT",
	    .help = "do without an engine that is silent for TIME (10s)" },
	{ .name = "swarm-host", .kind = OPTION_TEXT,
	    .offset = MANY(swarm_host), .value = "HOST", .config = true,
	    .environment = "DEXEC_SWARM_HOST",
	    .help = "engine of a swarm node, as ssh://root@%n" },
	{ .name = NULL }
};

int
settings_load(struct settings *s, struct error *e)
{
	struct option_set sets[] = { { settings_rows, s, &s->groups },
	    { many_rows, s, NULL }, { 0 } };
	MEM_AUTO char *path = config_path("dexec");

	memset(s, 0, sizeof(*s));
	s->docker = "docker";
	s->kill_after = DEFAULT_KILL_AFTER;
	s->many.engine_timeout = DEFAULT_ENGINE_TIMEOUT;
	s->wait_timeout = DEFAULT_WAIT_TIMEOUT;
	s->warm_idle = DEFAULT_WARM_IDLE;
	if (path != NULL && config_read(path, sets, &s->config, e) == -1)
		return -1;
	if (options_environment(&sets[0], e) == -1)
		return -1;
	return options_environment(&sets[1], e);
}

/* The variable's value, or NULL where it is unset or empty. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

bool
settings_color(const struct settings *s, int fd)
{
	const char *forced = variable("CLICOLOR_FORCE");
	const char *wanted = variable("CLICOLOR"), *term = variable("TERM");

	if (s->color != COLOR_AUTO)
		return s->color == COLOR_ALWAYS;
	if (variable("NO_COLOR") != NULL)
		return false;
	if (forced != NULL && strcmp(forced, "0") != 0)
		return true;
	if (wanted != NULL && strcmp(wanted, "0") == 0)
		return false;
	return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

void
settings_clear(struct settings *s)
{
	strv_clear(&s->many.exclude);
	strv_clear(&s->groups);
	free(s->config);
	memset(s, 0, sizeof(*s));
}
