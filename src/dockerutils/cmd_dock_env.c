/* SPDX-License-Identifier: ISC */
/* dock-env: what the sourced file "dock" sets, a line for each. */
#include "dockerutils/command.h"

#include <stdio.h>

#include "dockerutils/context.h"
#include "dockerutils/record.h"

static int
show(struct call *call, const struct record *r, struct error *e)
{
	(void)e;
	printf("%s\n%s\n%s\n%s\n", record_name(r), r->user, r->host,
	    context_exists(call, r) ? record_name(r) : "");
	return 0;
}

const struct command command_dock_env = {
	.name = "dock-env",
	.synopsis = "DOCK",
	.summary = "what \"source dock\" sets",
	.help =
	    "Four lines about DOCK for the file that \"source dock\" reads:\n"
	    "name, user, host, and docker context.\n",
	.least = 1,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.hidden = true,
	.on_dock = show,
};
