/* SPDX-License-Identifier: ISC */
#include "container/plan.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "sweep/procs.h"

#define FIELD(name) offsetof(struct exec_options, name)

const struct option_row exec_option_rows[] = {
	{ .letter = 'i', .name = "interactive", .kind = OPTION_BOOL,
	    .offset = FIELD(interactive), .help = "attach standard input" },
	{ .letter = 't', .name = "tty", .kind = OPTION_BOOL,
	    .offset = FIELD(tty),
	    .help = "give the command a terminal (with -i, ours)" },
	{ .letter = 'd', .name = "detach", .kind = OPTION_BOOL,
	    .offset = FIELD(detach),
	    .help = "start the command and leave it running" },
	{ .letter = 'e', .name = "env", .kind = OPTION_LIST,
	    .offset = FIELD(env), .value = "NAME[=VALUE]",
	    .help = "set a variable for the command" },
	{ .name = "env-file", .kind = OPTION_LIST,
	    .offset = FIELD(env_file), .value = "FILE",
	    .complete = COMPLETE_FILE,
	    .help = "set variables from the lines of FILE" },
	{ .letter = 'u', .name = "user", .kind = OPTION_TEXT,
	    .offset = FIELD(user), .value = "USER[:GROUP]",
	    .help = "run as USER, a name or number" },
	{ .letter = 'w', .name = "workdir", .kind = OPTION_TEXT,
	    .offset = FIELD(workdir), .value = "DIR",
	    .help = "run in DIR of the container" },
	{ .name = "privileged", .kind = OPTION_BOOL,
	    .offset = FIELD(privileged),
	    .help = "give the command all capabilities" },
	{ .name = "detach-keys", .kind = OPTION_TEXT,
	    .offset = FIELD(detach_keys), .value = "KEYS",
	    .help = "keys that detach from a terminal (ctrl-p,ctrl-q)" },
	{ .name = NULL }
};

void
exec_options_clear(struct exec_options *o)
{
	strv_clear(&o->env);
	strv_clear(&o->env_file);
}

void
cookie_make(char cookie[COOKIE_LENGTH + 1])
{
	unsigned char random[COOKIE_LENGTH / 2];

	arc4random_buf(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(cookie + 2 * i, 3, "%02x", random[i]);
}

void
plan_mark(struct plan *p, char cookie[COOKIE_LENGTH + 1])
{
	cookie_make(cookie);
	p->cookie = cookie;
	p->birth = procs_now();
}

static void
push_list(struct strv *argv, const char *option, const struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		strv_push_option(argv, option, list->v[i]);
}

void
plan_argv(const struct plan *p, struct strv *argv)
{
	const struct exec_options *o = p->options;

	if (p->client != NULL) {
		strv_pushv(argv, p->client);
		return;
	}
	docker_argv(p->docker, argv, "exec");
	if (o->interactive)
		strv_push(argv, "-i");
	if (o->tty)
		strv_push(argv, "-t");
	if (o->detach)
		strv_push(argv, "-d");
	if (o->privileged)
		strv_push(argv, "--privileged");
	strv_push_option(argv, "--detach-keys", o->detach_keys);
	strv_push_option(argv, "-u", o->user);
	strv_push_option(argv, "-w", o->workdir);
	push_list(argv, "--env-file", &o->env_file);
	push_list(argv, "-e", &o->env);
	for (char *const *word = p->env; word != NULL && *word != NULL; word++)
		strv_push_option(argv, "-e", *word);
	if (p->cookie != NULL) {
		strv_push(argv, "-e");
		strv_pushf(argv, COOKIE_NAME "=%s", p->cookie);
	}
	docker_argv_target(argv, p->target);
	strv_pushv(argv, p->command);
}

static bool
takes_on(const struct exec_options *o, const char *name)
{
	for (size_t i = 0; i < o->env.n; i++)
		if (strcmp(o->env.v[i], name) == 0)
			return true;
	return o->env_file.n > 0;
}

void
plan_env(const struct plan *p, struct strv *env)
{
	if (p->client != NULL ||
	    getenv("GOGC") != NULL || takes_on(p->options, "GOGC") ||
	    getenv("GOMEMLIMIT") != NULL || takes_on(p->options, "GOMEMLIMIT"))
		return;
	strv_push(env, "GOGC=off");
	strv_push(env, "GOMEMLIMIT=64MiB");
}

void
plan_side_argv(const struct plan *p, const char *user, struct strv *argv)
{
	docker_argv(p->docker, argv, "exec");
	strv_push_option(argv, "-u", user);
	docker_argv_target(argv, p->target);
}

char *
plan_shown(const struct plan *p)
{
	return text_printable(p->name != NULL ? p->name : p->target, 200);
}

char *
plan_label(const struct plan *p)
{
	struct buf b = { 0 };

	buf_addf(&b, "%s:", p->target);
	for (size_t i = 0; p->command[i] != NULL && b.len < 1000; i++)
		buf_addf(&b, " %s", p->command[i]);
	return buf_steal(&b);
}
