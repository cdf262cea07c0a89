/* SPDX-License-Identifier: ISC */
#include "dockerutils/step.h"

#include <sys/wait.h>

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/command.h"
#include "run/foreground.h"
#include "run/spawn.h"

#define RULE \
	"======================================" \
	"======================================"

void
step_show_text(const struct call *call, const char *fmt, ...)
{
	MEM_AUTO char *text = NULL;
	va_list ap;

	if (call->choices.quiet && !call->choices.print)
		return;
	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	if (call->choices.print)
		printf("%s\n", text);
	else
		printf("\n\n" RULE "\n%s\n\n\n", text);
	/* Before what the program itself prints. */
	fflush(stdout);
}

void
step_show(const struct call *call, char *const *argv)
{
	MEM_AUTO char *quoted = text_quote_argv(argv);

	step_show_text(call, "%s", quoted);
}

int
step_status(struct call *call, int wait_status)
{
	if (!WIFSIGNALED(wait_status))
		return WEXITSTATUS(wait_status);
	call->signo = WTERMSIG(wait_status);
	return 128 + call->signo;
}

static int
run_reading(struct call *call, char *const *argv, int input, struct error *e)
{
	struct spawn s = { .argv = argv, .fd = { input, STDOUT_FILENO,
	    STDERR_FILENO } };

	fflush(stdout);
	return foreground_call(&s, &call->signo, e);
}

int
step_run_quietly(struct call *call, char *const *argv, struct error *e)
{
	return run_reading(call, argv, STDIN_FILENO, e);
}

int
step_run_deaf(struct call *call, char *const *argv, struct error *e)
{
	return run_reading(call, argv, SPAWN_NULL, e);
}

int
step_run_or_print(struct call *call, char *const *argv, struct error *e)
{
	if (!call->choices.print)
		return step_run_quietly(call, argv, e);
	step_show(call, argv);
	return 0;
}

int
step_run(struct call *call, char *const *argv, struct error *e)
{
	step_show(call, argv);
	return call->choices.print ? 0 : step_run_quietly(call, argv, e);
}
