/* SPDX-License-Identifier: ISC */
/* call_run(): from a command's row to its outcome. */
#include "dexec/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "container/await.h"

/*
 * docker refuses -i with -t where standard input is no terminal (moby#12024);
 * in a script or a CI job the command is meant all the same.
 */
static struct exec_options
settle_tty(const struct call *call)
{
	struct exec_options options = call->options;

	if (options.tty && options.interactive && !options.detach &&
	    !isatty(STDIN_FILENO)) {
		options.tty = false;
		say_note(&call->say, "standard input is no terminal: "
		    "going on without -t");
	}
	return options;
}

static int
show(const struct plan *plan, struct outcome *outcome)
{
	STRV_AUTO struct strv argv = { 0 };
	MEM_AUTO char *line = NULL;

	plan_argv(plan, &argv);
	line = text_quote_argv(strv_argv(&argv));
	puts(line);
	memset(outcome, 0, sizeof(*outcome));
	return 0;
}

static struct exec_request
make_request(const struct call *call, const struct plan *plan)
{
	struct exec_request r = { .plan = plan, .say = &call->say,
	    .routes = ROUTES_OURS,
	    .warm = call->settings.warm ? &call->warm : NULL,
	    .spinner = !call->settings.disable_spinner &&
		!call->settings.quiet && !plan->options->detach,
	    .color = settings_color(&call->settings, STDERR_FILENO),
	    .timeout = call->settings.timeout,
	    .kill_after = call->settings.kill_after };

	r.routes.buffered = call->settings.disable_stream;
	return r;
}

/* As --wait says.  1: a signal came, and is the outcome. */
static int
await(const struct call *call, const struct exec_request *x,
    struct outcome *outcome, struct error *e)
{
	struct await_request request = { .docker = &call->docker,
	    .say = &call->say, .target = call->target,
	    .what = call->settings.wait == WAIT_HEALTHY ? WAITING_HEALTHY :
		WAITING_RUNNING,
	    .limit = call->settings.wait_timeout,
	    .spinner = x->spinner, .color = x->color };
	int signo;

	if (call->settings.wait == WAIT_NO)
		return 0;
	if (await_run(&request, &signo, e) == -1)
		return -1;
	if (signo == 0)
		return 0;
	*outcome = (struct outcome){ .kind = OUTCOME_SIGNAL, .value = signo };
	return 1;
}

/* A program of the image was missing, or the container does not run. */
static bool
may_use_archive(const struct command *c, const struct outcome *o)
{
	return c->archive != ARCHIVE_NONE &&
	    (o->finding == FINDING_NOT_FOUND || o->stopped);
}

/* The same from outside. */
static int
run_archive(const struct call *call, const struct command *c,
    const struct plan *plan, struct outcome *outcome, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	struct exec_options options = { 0 };
	struct plan outside = *plan;
	struct exec_request r = make_request(call, &outside);

	archive_argv(plan, c->archive, call->args, call->say.verbose, &argv);
	outside.options = &options;
	outside.cookie = NULL;
	outside.client = strv_argv(&argv);
	r.warm = NULL;
	r.routes.direct = true;
	outcome_clear(outcome);
	return exec_run(&r, outcome, e);
}

static int
run_plan(const struct call *call, const struct command *c,
    const struct plan *plan, struct outcome *outcome, struct error *e)
{
	struct exec_request r = make_request(call, plan);
	int waited = await(call, &r, outcome, e);

	if (waited != 0)
		return waited == 1 ? 0 : -1;
	if (exec_run(&r, outcome, e) == -1)
		return -1;
	if (!may_use_archive(c, outcome))
		return 0;
	return run_archive(call, c, plan, outcome, e);
}

int
call_run(struct call *call, const struct command *c, struct outcome *outcome,
    struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	struct exec_options options;
	char cookie[COOKIE_LENGTH + 1];
	struct plan plan = { .docker = &call->docker, .options = &options,
	    .target = call->target };

	if (c->run != NULL)
		return c->run(call, outcome, e);
	c->argv(call, &argv);
	if (call_is_many(call))
		return call_many(call, c, strv_argv(&argv), outcome, e);
	plan.command = strv_argv(&argv);
	options = settle_tty(call);
	/* What is detached shall outlive us. */
	if (!call->settings.no_reap && !options.detach)
		plan_mark(&plan, cookie);
	if (call->settings.print)
		return show(&plan, outcome);
	return run_plan(call, c, &plan, outcome, e);
}
