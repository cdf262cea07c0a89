/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include <stdbool.h>
#include <string.h>

#include "container/archive.h"

/* As getopt does it: options may stand among the paths, up to "--". */
static void
split(char *const *args, struct strv *options, struct strv *paths)
{
	bool only_paths = false;

	for (; *args != NULL; args++) {
		if (!only_paths && strcmp(*args, "--") == 0)
			only_paths = true;
		else if (!only_paths && (*args)[0] == '-' && (*args)[1] != '\0')
			strv_push(options, *args);
		else
			strv_push(paths, *args);
	}
	if (paths->n == 0)
		strv_push(paths, ".");
}

static int
list_archive(const struct call *call, struct outcome *outcome,
    struct error *e)
{
	STRV_AUTO struct strv options = { 0 };
	STRV_AUTO struct strv paths = { 0 };
	struct archive_request archive = { .docker = &call->docker,
	    .target = call->target, .workdir = call->options.workdir,
	    .mode = "ls", .say = &call->say };

	split(call->args, &options, &paths);
	archive.options = strv_argv(&options);
	archive.paths = strv_argv(&paths);
	return archive_run(&archive, outcome, e);
}

static int
run(struct call *call, struct outcome *outcome, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };

	strv_push(&argv, "ls");
	strv_pushv(&argv, call->args);
	if (call_exec(call, strv_argv(&argv), outcome, e) == -1)
		return -1;
	if (!call_may_use_archive(outcome))
		return 0;
	outcome_clear(outcome);
	return list_archive(call, outcome, e);
}

const struct command command_ls = {
	.name = "ls",
	.synopsis = "[LS-OPTIONS] [PATH...]",
	.summary = "list a directory",
	.help =
	    "List files of the container with its own ls, which gets all\n"
	    "options and paths.  Where the image has none, or the container\n"
	    "does not run, they are read through docker cp and listed by\n"
	    "dexec, which knows the options -1aAdFhlnprRSt.\n",
	.run = run,
};
