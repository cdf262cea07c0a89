/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include "dockerutils/version_file.h"

static int
run(struct call *call, struct error *e)
{
	int rc;

	if (call->choices.print)
		return 0;
	rc = version_file_write(&call->project, e);
	if (rc == 0)
		say_note(&call->say, "setup.cfg has no [versioneer] with "
		    "versionfile_source: nothing is written");
	return rc == -1 ? -1 : 0;
}

const struct command command_genversion = {
	.name = "genversion",
	.synopsis = "",
	.summary = "write the version that git knows into a file",
	.help =
	    "Write _version.py.bld into the project's root: the version that\n"
	    "versioneer would find, by [versioneer] in setup.cfg.  Only git\n"
	    "is needed.  build-image does the same before it builds.\n",
	.project = true,
	.run = run,
};
