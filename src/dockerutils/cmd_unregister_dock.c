/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>

#include "dockerutils/context.h"
#include "dockerutils/docks.h"

static void
tell(const char *directory)
{
	printf("Removing %s\n", directory);
}

static int
run(struct call *call, struct error *e)
{
	struct docks docks = { 0 };
	const struct dock *dock = NULL;
	int rc = docks_read(&docks, &call->say, e);

	if (rc == 0)
		dock = docks_find(&docks, call->words[0], e);
	if (dock == NULL) {
		rc = -1;
	} else if (call->choices.print) {
		tell(dock->directory);
	} else {
		rc = docks_remove(dock->record.host, tell, e);
	}
	if (rc == 0)
		context_remove(call, &dock->record);
	docks_clear(&docks);
	return rc;
}

const struct command command_unregister_dock = {
	.name = "unregister-dock",
	.synopsis = "DOCK",
	.summary = "forget a dock",
	.help =
	    "Remove what is recorded of DOCK, and its docker context.  The host\n"
	    "itself is left alone.\n",
	.least = 1,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.run = run,
};
