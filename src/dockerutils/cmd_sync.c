/* SPDX-License-Identifier: ISC */
/* sync-up and sync-down, which the functions of these names call. */
#include "dockerutils/command.h"

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
	.on_dock = sync_up,
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
	.on_dock = sync_down,
};
