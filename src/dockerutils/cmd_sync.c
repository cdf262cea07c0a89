/* SPDX-License-Identifier: ISC */
/* sync-up and sync-down, which the functions of these names call. */
#include "dockerutils/command.h"

#include "dockerutils/docks.h"
#include "dockerutils/sync.h"

static const struct option_row rows[] = {
	{ .letter = 'n', .name = "dry-run", .kind = OPTION_BOOL,
	    .offset = CHOICE(dry_run),
	    .help = "show what would be copied" },
	{ .name = "delete", .kind = OPTION_BOOL, .offset = CHOICE(delete),
	    .help = "remove there what is not here (down: the other way)" },
	{ .name = "overwrite", .kind = OPTION_BOOL,
	    .offset = CHOICE(overwrite),
	    .help = "down: replace also what is newer here" },
	{ .name = NULL }
};

static int
sync(struct call *call, int (*way)(struct call *, const struct record *,
    struct error *), struct error *e)
{
	struct docks docks = { 0 };
	const struct dock *dock = NULL;
	int rc = docks_read(&docks, &call->say, e);

	if (rc == 0)
		dock = docks_find(&docks, call->words[0], e);
	rc = dock != NULL ? way(call, &dock->record, e) : -1;
	docks_clear(&docks);
	return rc;
}

static int
up(struct call *call, struct error *e)
{
	return sync(call, sync_up, e);
}

static int
down(struct call *call, struct error *e)
{
	return sync(call, sync_down, e);
}

const struct command command_sync_up = {
	.name = "sync-up",
	.synopsis = "[DOCK]",
	.summary = "copy the working directory to a dock",
	.help =
	    "Copy the working directory to /data/workspaces/USER/code/ on DOCK\n"
	    "(without DOCK, the one that this shell is docked to), but for what\n"
	    ".dockerignore leaves out.\n",
	.options = rows,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.hidden = true,
	.run = up,
};

const struct command command_sync_down = {
	.name = "sync-down",
	.synopsis = "[DOCK]",
	.summary = "copy it back from there",
	.help =
	    "Copy what sync-up has put on DOCK back into the working directory.\n"
	    "What is newer here stays as it is.\n",
	.options = rows,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.hidden = true,
	.run = down,
};
