/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

static void
argv(struct call *call, struct strv *argv)
{
	strv_push(argv, "cat");
	strv_push(argv, "--");
	strv_pushv(argv, call->args);
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
	.argv = argv,
	.archive = ARCHIVE_CAT,
};
