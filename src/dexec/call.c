/* SPDX-License-Identifier: ISC */
/* call_exec(): from a command's argv to its outcome. */
#include "dexec/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

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

int
call_exec(const struct call *call, char *const *argv,
    struct outcome *outcome, struct error *e)
{
	struct exec_options options = settle_tty(call);
	char cookie[COOKIE_LENGTH + 1];
	struct plan plan = { .docker = &call->docker, .options = &options,
	    .target = call->target, .command = argv };
	struct exec_request request = { .plan = &plan, .say = &call->say,
	    .buffered = call->settings.disable_stream,
	    .spinner = !call->settings.disable_spinner &&
		!call->settings.quiet && !options.detach,
	    .color = settings_color(&call->settings, STDERR_FILENO),
	    .timeout = call->settings.timeout,
	    .kill_after = call->settings.kill_after };

	/* What is detached shall outlive us. */
	if (!call->settings.no_reap && !options.detach) {
		cookie_make(cookie);
		plan.cookie = cookie;
	}
	if (call->settings.print)
		return show(&plan, outcome);
	return exec_run(&request, outcome, e);
}

bool
call_may_use_archive(const struct outcome *o)
{
	return o->finding == FINDING_NOT_FOUND || o->stopped;
}
