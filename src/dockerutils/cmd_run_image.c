/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/container_name.h"
#include "dockerutils/environment.h"
#include "dockerutils/reference.h"
#include "dockerutils/slots.h"
#include "dockerutils/step.h"
#include "run/foreground.h"

static const struct option_row rows[] = {
	{ .letter = 'a', .name = "args", .kind = OPTION_TEXT,
	    .offset = CHOICE(args), .value = "WORDS",
	    .help = "more words for docker run, instead of key args" },
	{ .letter = 'k', .name = "keep", .kind = OPTION_BOOL,
	    .offset = CHOICE(keep),
	    .help = "run it detached, and do not remove it" },
	{ .letter = 'c', .name = "command", .kind = OPTION_TEXT,
	    .offset = CHOICE(command), .value = "STRING",
	    .help = "what to run in it, instead of key cmd" },
	{ .letter = 'n', .name = "network", .kind = OPTION_TEXT,
	    .offset = CHOICE(network), .value = "NAME",
	    .help = "its network, instead of key network" },
	{ .letter = 'g', .name = "use-gpu", .kind = OPTION_BOOL,
	    .offset = CHOICE(gpu),
	    .help = "with all GPUs, instead of key gpu" },
	{ .letter = 'e', .name = "env", .kind = OPTION_LIST,
	    .offset = CHOICE(env), .value = "NAME[=VALUE]",
	    .help = "a variable for it; without VALUE, our own" },
	{ .letter = 't', .name = "tty", .kind = OPTION_BOOL,
	    .offset = CHOICE(tty),
	    .help = "give it a terminal, whether we have one or not" },
	{ .name = "no-tty", .kind = OPTION_BOOL, .offset = CHOICE(no_tty),
	    .help = "give it no terminal" },
	{ .name = NULL }
};

static bool
given(const char *text)
{
	return text != NULL && *text != '\0';
}

static bool
wants_tty(const struct choices *c)
{
	return c->tty || (!c->no_tty && isatty(STDIN_FILENO) &&
	    isatty(STDOUT_FILENO));
}

/* The words of option TEXT where it is given, else those of KEY's slot. */
static int
add_slot(struct strv *argv, const struct slots *s, const char *key,
    const char *text, struct error *e)
{
	const struct replacing r = { .lenient = true };

	if (!given(text))
		return slot_words(s, key, argv, e);
	if (words_add(argv, text, &r, e) == -1)
		return error_context(e, "--%s", key);
	return 0;
}

/* How it is kept, and how we are with it. */
static int
add_manner(struct strv *argv, const struct slots *s, const struct choices *c,
    struct error *e)
{
	VALUE_AUTO struct value interactive = { 0 };

	if (c->keep) {
		strv_push(argv, "-d");
		return 0;
	}
	strv_push(argv, "--rm");
	if (slot_value(s, "interactive", &interactive, e) == -1)
		return -1;
	if (given(interactive.text))
		return slot_words(s, "interactive", argv, e);
	strv_push(argv, wants_tty(c) ? "-it" : "-i");
	return 0;
}

static int
add_network(struct strv *argv, const struct slots *s, const struct choices *c,
    struct error *e)
{
	struct strv words = { 0 };

	if (add_slot(&words, s, "network", c->network, e) == -1) {
		strv_clear(&words);
		return -1;
	}
	if (words.n > 0)
		strv_push(argv, "--network");
	strv_pushv(argv, strv_argv(&words));
	strv_clear(&words);
	return 0;
}

/* All between the variables and the image. */
static int
add_slots(struct strv *argv, const struct slots *s, const struct choices *c,
    struct error *e)
{
	if (add_manner(argv, s, c, e) == -1 ||
	    add_slot(argv, s, "gpu", c->gpu ? "--gpus all" : NULL, e) == -1 ||
	    add_network(argv, s, c, e) == -1 ||
	    slot_words(s, "volumes", argv, e) == -1 ||
	    slot_words(s, "ports", argv, e) == -1)
		return -1;
	return add_slot(argv, s, "args", c->args, e);
}

/* The words of docker run, and in ENV what docker has to know besides. */
static int
make_argv(struct strv *argv, struct environment *env, const struct call *call,
    const char *name, struct error *e)
{
	const struct project *p = &call->project;
	const struct slots s = { p, call->words[0], slots_docked() };
	REFERENCE_AUTO struct reference ref = { 0 };

	docker_argv(&call->docker, argv, "run");
	strv_push(argv, "--init");
	strv_push(argv, "--name");
	strv_push(argv, name);
	if (environment_make(env, &s, &call->choices.env, e) == -1)
		return -1;
	strv_pushv(argv, strv_argv(&env->argv));
	if (add_slots(argv, &s, &call->choices, e) == -1 ||
	    reference_make(&ref, p, s.image, NULL, NULL, e) == -1)
		return -1;
	strv_pushf(argv, "%s:%s", ref.name, ref.tag);
	return add_slot(argv, &s, "cmd", call->choices.command, e);
}

static void
tell(const struct call *call, const struct environment *env, const char *name)
{
	for (size_t i = 0; i < env->hidden.n; i++) {
		const char *word = env->hidden.v[i];

		say_note(&call->say, "what %.*s holds is not shown: have it in "
		    "the environment where you paste the command",
		    (int)(strchr(word, '=') - word), word);
	}
	if (call->choices.keep && !call->choices.print)
		say_note(&call->say, "the container is %s: docker logs, "
		    "docker attach or docker rm -f it", name);
}

static int
start(struct call *call, const struct strv *argv,
    const struct environment *env, struct error *e)
{
	step_show(call, strv_argv(argv));
	if (call->choices.print)
		return 0;
	return foreground_become(strv_argv(argv), strv_argv(&env->hidden), e);
}

static int
run(struct call *call, struct error *e)
{
	const char *image = call->words[0];
	struct environment env = { 0 };
	struct strv argv = { 0 };
	MEM_AUTO char *name = NULL;
	int rc;

	if (project_check_image(&call->project, image, true, e) == -1)
		return -1;
	name = call->choices.print ?
	    container_name(call->project.user, image, STAMP_RUN) :
	    container_name_new(call->project.user, image, STAMP_RUN);
	rc = make_argv(&argv, &env, call, name, e);
	if (rc == 0) {
		tell(call, &env, name);
		rc = start(call, &argv, &env, e);
	}
	environment_clear(&env);
	strv_clear(&argv);
	return rc;
}

const struct command command_run_image = {
	.name = "run-image",
	.synopsis = "IMAGE",
	.summary = "run a container from an image of the project",
	.help =
	    "Run a container from IMAGE: a directory below docker/, or one of\n"
	    "synthetic_images in docker/dockerutils.cfg.  What docker run is\n"
	    "told comes from the section of that name: environment, env,\n"
	    "interactive, gpu, network, volumes, ports, args, cmd, aws_env; in\n"
	    "a docked shell from KEY_docked, where that is there.\n",
	.options = rows,
	.least = 1,
	.most = 1,
	.argument = ARGUMENT_RUNNABLE,
	.project = true,
	.run = run,
};
