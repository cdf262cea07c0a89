/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "container/exec.h"
#include "container/plan.h"
#include "container/shell.h"
#include "dockerdo/environment.h"
#include "dockerdo/history.h"
#include "dockerdo/link.h"
#include "dockerdo/mounts.h"
#include "dockerdo/place.h"
#include "dockerdo/remote_words.h"
#include "dockerdo/step.h"
#include "dockerdo/variable.h"

static const struct option_row rows[] = {
	{ .letter = 'w', .name = "workdir", .kind = OPTION_TEXT,
	    .offset = CHOICE(workdir), .value = "DIR",
	    .help = "run in DIR of the container" },
	{ .letter = 't', .name = "tty", .kind = OPTION_BOOL,
	    .offset = CHOICE(tty),
	    .help = "a terminal, although output goes elsewhere" },
	{ .letter = 'i', .name = "interactive", .kind = OPTION_BOOL,
	    .offset = CHOICE(interactive),
	    .help = "nothing: standard input is always connected" },
	{ .name = "no-stdin", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_stdin),
	    .help = "do not read standard input" },
	{ .name = "warm", .kind = OPTION_BOOL, .offset = CHOICE(warm),
	    .environment = "DEXEC_WARM",
	    .help = "keep a connection into the container (yes)" },
	{ .name = "warm-idle", .kind = OPTION_TIME,
	    .offset = CHOICE(warm_idle), .value = "TIME",
	    .environment = "DEXEC_WARM_IDLE",
	    .help = "let go of it after TIME without a command (10m)" },
	{ .name = NULL }
};

/* One word that is a line for a shell: it has blanks, or what a shell minds. */
static bool
is_line(char *const *words)
{
	return words[0] != NULL && words[1] == NULL &&
	    strpbrk(words[0], " \t\n|&;<>()$`\\\"'*?[") != NULL;
}

static void
make_command(char *const *words, struct strv *argv)
{
	if (words[0] == NULL) {
		shell_argv(argv, words);
		return;
	}
	if (is_line(words)) {
		strv_push(argv, "sh");
		strv_push(argv, "-c");
	}
	strv_pushv(argv, words);
}

/*
 * The directory of the container that we are in; "/" where we are in none.
 * getcwd(3) asks the kernel alone, as long as somebody could still go there.
 */
static int
find_directory(const struct call *call, char **directory, struct error *e)
{
	MEM_AUTO char *point = session_mount_point(&call->session);
	MEM_AUTO char *here = NULL;
	struct mounts mounts;

	if (call->choices.workdir != NULL) {
		*directory = mem_dup(call->choices.workdir);
		return 0;
	}
	if (mounts_read(&mounts, e) == -1)
		return -1;
	here = getcwd(NULL, 0);
	if (here != NULL)
		*directory = place_in_container(&mounts, point, here);
	mounts_clear(&mounts);
	if (*directory != NULL)
		return 0;
	*directory = mem_dup("/");
	if (call->choices.verbose)
		say_note(&call->say, "not in %s: runs in /", point);
	return 0;
}

static void
decide_terminal(const struct call *call, struct exec_options *options)
{
	bool in = isatty(STDIN_FILENO), out = isatty(STDOUT_FILENO);

	options->interactive = !call->choices.no_stdin;
	options->tty = options->interactive && in &&
	    (out || call->choices.tty);
	if (call->choices.tty && !options->tty)
		say_note(&call->say, "standard input is no terminal: going "
		    "on without -t");
}

/*
 * By an ssh whose text has all that the options say; docker is still there to
 * reach its processes by their cookie.
 */
static int
prepare_ssh(const struct call *call, struct plan *plan, struct strv *argv,
    struct error *e)
{
	const struct session *s = &call->session;
	STRV_AUTO struct strv env = { 0 };

	if (link_argv(s, argv, e) == -1)
		return -1;
	strv_push(argv, plan->options->tty ? "-tt" : "-T");
	if (!plan->options->interactive)
		strv_push(argv, "-n");
	strv_push(argv, LINK_HOST);
	strv_take(argv, remote_words_text(s, plan->options->workdir,
	    plan->cookie != NULL ? plan->cookie : "", plan->command));
	plan->client = strv_argv(argv);
	remote_words_env(s, &env);
	for (size_t i = 0; i < env.n; i++) {
		char *value = strchr(env.v[i], '=');

		*value = '\0';
		setenv(env.v[i], value + 1, 1);
	}
	return 0;
}

static int
show(const struct call *call, const struct plan *plan, struct error *e)
{
	STRV_AUTO struct strv client = { 0 };
	STRV_AUTO struct strv argv = { 0 };
	struct exec_options options = *plan->options;
	struct plan shown = *plan;

	options.env = (struct strv){ 0 };
	environment_show(&call->session, &options);
	shown.options = &options;
	shown.cookie = NULL;
	if (call->session.transport == TRANSPORT_SSH &&
	    prepare_ssh(call, &shown, &client, e) == -1)
		return -1;
	plan_argv(&shown, &argv);
	step_show(call, strv_argv(&argv));
	strv_clear(&options.env);
	return 0;
}

/* It was done with this outcome: how we end. */
static int
conclude(struct call *call, struct outcome *o)
{
	int status = o->value;

	if (o->message != NULL)
		say_warning(&call->say, "%s", o->message);
	if (o->kind == OUTCOME_SIGNAL) {
		call->signo = o->value;
		status = 128 + o->value;
	}
	outcome_clear(o);
	return status;
}

static void
note_history(const struct call *call, const char *directory)
{
	ERROR_AUTO struct error e = { 0 };
	char *const *words = strv_argv(&call->arguments.words);

	if (words[0] != NULL && history_add(&call->session, directory, words,
	    !is_line(words), &e) == -1)
		say_warning(&call->say, "%s", e.text);
}

/* 255 may be the command's own, or ssh's word for a failure. */
static void
check_link(struct call *call, struct outcome *o)
{
	if (call->session.transport != TRANSPORT_SSH ||
	    o->kind != OUTCOME_STATUS || o->value != 255 || link_is_up(call))
		return;
	o->value = STATUS_FAILED;
	if (o->message == NULL)
		o->message = mem_dup("there is no connection into the "
		    "container: dockerdo start makes one");
}

static int
execute(struct call *call, struct plan *plan, struct error *e)
{
	STRV_AUTO struct strv client = { 0 };
	const struct say quiet = { .line = call->say.line,
	    .arg = call->say.arg };
	const struct warm_setup warm = { .idle = call->choices.warm_idle,
	    .say = &quiet };
	struct exec_request r = { .plan = plan, .say = &quiet,
	    .routes = ROUTES_OURS,
	    .warm = call->choices.warm &&
		call->session.transport == TRANSPORT_DOCKER ? &warm : NULL };
	struct outcome outcome = { 0 };
	char cookie[COOKIE_LENGTH + 1];

	plan_mark(plan, cookie);
	if (call->session.transport == TRANSPORT_SSH &&
	    prepare_ssh(call, plan, &client, e) == -1)
		return -1;
	if (exec_run(&r, &outcome, e) == -1)
		return -1;
	check_link(call, &outcome);
	if (outcome.kind == OUTCOME_STATUS && outcome.value == 0)
		note_history(call, plan->options->workdir);
	return conclude(call, &outcome);
}

/* By way of docker; ssh has it in its text. */
static int
give_environment(const struct call *call, struct exec_options *options,
    int *fd, struct error *e)
{
	const struct strv *env = &call->session.env;

	for (size_t i = 0; i < env->n; i++)
		if (variable_check(env->v[i], e) == -1)
			return -1;
	return call->session.transport == TRANSPORT_SSH ? 0 :
	    environment_give(&call->session, options, fd, e);
}

static int
run(struct call *call, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	MEM_AUTO char *directory = NULL;
	FD_AUTO int fd = -1;
	struct exec_options options = {
	    .user = call->session.container_username };
	struct plan plan = { .docker = &call->docker, .options = &options,
	    .target = call->session.container_name };
	int status = 0;

	if (find_directory(call, &directory, e) == -1)
		return -1;
	make_command(strv_argv(&call->arguments.words), &argv);
	options.workdir = directory;
	decide_terminal(call, &options);
	plan.command = strv_argv(&argv);
	if (call->choices.verbose || call->choices.dry_run)
		status = show(call, &plan, e);
	if (status == 0 && !call->choices.dry_run)
		status = give_environment(call, &options, &fd, e);
	if (status == 0 && !call->choices.dry_run)
		status = execute(call, &plan, e);
	exec_options_clear(&options);
	return status;
}

const struct command command_exec = {
	.name = "exec",
	.synopsis = "[COMMAND [ARGS...]]",
	.summary = "run a command in the container, or a shell: dodo",
	.help =
	    "Run COMMAND in the directory of the container that the current\n"
	    "one is, or in / where that is none of its.  Options are those\n"
	    "before COMMAND; all behind it reaches the command as it is.\n"
	    "One \"--\" before it is dropped.  A COMMAND of one word that has\n"
	    "blanks or what a shell minds ('a | b') is run by sh -c.\n"
	    "\n"
	    "With no COMMAND it is the best shell that the image has.  There\n"
	    "is a terminal where standard input and output are one.\n"
	    "\n"
	    "The status is the command's own; 125 when it could not be run.\n",
	.options = rows,
	.reading = READ_FRONT,
	.most = ANY_NUMBER,
	.session = true,
	.relays_status = true,
	.run = run,
};
