/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>

#include "base/buf.h"
#include "dockerutils/version_file.h"

static int
show(const struct call *call, struct error *e)
{
	struct buf text = { 0 };
	int rc = version_file_make(&text, &call->project, e);

	fwrite(buf_text(&text), 1, text.len, stdout);
	buf_clear(&text);
	return rc;
}

static int
run(struct call *call, struct error *e)
{
	int rc = call->choices.print ? show(call, e) :
	    version_file_write(&call->project, e);

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
	    "is needed.  build-image does the same before it builds.  With\n"
	    "--print the file is printed instead.\n",
	.project = true,
	.run = run,
};
