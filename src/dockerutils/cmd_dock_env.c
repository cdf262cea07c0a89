/* SPDX-License-Identifier: ISC */
/* dock-env: what the sourced file "dock" sets, a line for each. */
#include "dockerutils/command.h"

#include <stdio.h>

#include "dockerutils/context.h"
#include "dockerutils/docks.h"

static int
run(struct call *call, struct error *e)
{
	struct docks docks = { 0 };
	const struct dock *dock = NULL;
	int rc = docks_read(&docks, &call->say, e);

	if (rc == 0)
		dock = docks_find(&docks, call->words[0], e);
	if (dock != NULL) {
		const struct record *r = &dock->record;

		printf("%s\n%s\n%s\n%s\n", record_name(r), r->user, r->host,
		    context_exists(call, r) ? record_name(r) : "");
	}
	docks_clear(&docks);
	return dock != NULL ? 0 : -1;
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
	.run = run,
};
