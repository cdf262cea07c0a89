/* SPDX-License-Identifier: ISC */
#include "dockerdo/step.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerdo/command.h"
#include "run/foreground.h"
#include "run/spawn.h"

void
step_show(const struct call *call, char *const *argv)
{
	MEM_AUTO char *quoted = text_quote_argv(argv);
	MEM_AUTO char *line = mem_printf("+ %s\n", quoted);

	if (!call->choices.verbose && !call->choices.dry_run)
		return;
	fflush(stdout);
	file_write(STDERR_FILENO, line, strlen(line));
}

static int
run(struct call *call, char *const *argv, int in, int out, struct error *e)
{
	struct spawn s = { .argv = argv, .fd = { in, out, STDERR_FILENO } };

	step_show(call, argv);
	fflush(stdout);
	return call->choices.dry_run ? 0 :
	    foreground_call(&s, &call->signo, e);
}

int
step_run(struct call *call, char *const *argv, struct error *e)
{
	return run(call, argv, STDIN_FILENO, STDOUT_FILENO, e);
}

int
step_run_from(struct call *call, char *const *argv, int in, struct error *e)
{
	return run(call, argv, in, STDOUT_FILENO, e);
}

int
step_run_silently(struct call *call, char *const *argv, struct error *e)
{
	return run(call, argv, STDIN_FILENO, SPAWN_NULL, e);
}
