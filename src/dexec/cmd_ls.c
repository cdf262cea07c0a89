/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

static void
argv(struct call *call, struct strv *argv)
{
	strv_push(argv, "ls");
	strv_pushv(argv, call->args);
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
	.argv = argv,
	.archive = ARCHIVE_LS,
};
