/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include "container/archive.h"

static int
run(struct call *call, struct outcome *outcome, struct error *e)
{
	struct archive_request archive = { .docker = &call->docker,
	    .target = call->target, .workdir = call->options.workdir,
	    .mode = "cat", .paths = call->args, .say = &call->say };
	STRV_AUTO struct strv argv = { 0 };

	strv_push(&argv, "cat");
	strv_push(&argv, "--");
	strv_pushv(&argv, call->args);
	if (call_exec(call, strv_argv(&argv), outcome, e) == -1)
		return -1;
	if (!call_may_use_archive(outcome))
		return 0;
	outcome_clear(outcome);
	return archive_run(&archive, outcome, e);
}

const struct command command_file = {
	.name = "file",
	.synopsis = "PATH...",
	.summary = "write files to standard output",
	.help =
	    "Write the files of the container to standard output, one after\n"
	    "the other, with its own cat.  Where the image has none, or the\n"
	    "container does not run, they are read through docker cp.\n",
	.missing = "no path of a file given",
	.run = run,
};
