/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <string.h>

/* The table: a line for each command, in the order in which help has them. */
#define COMMANDS(ROW) \
	ROW(install) \
	ROW(init) \
	ROW(overlay) \
	ROW(build) \
	ROW(push) \
	ROW(run) \
	ROW(start) \
	ROW(export) \
	ROW(exec) \
	ROW(status) \
	ROW(history) \
	ROW(stop) \
	ROW(rm) \
	ROW(ls) \
	ROW(complete) \
	ROW(manual) \

#define DECLARE(name) extern const struct command command_##name;
#define LIST(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands[] = { COMMANDS(LIST) NULL };

const struct option_row general_rows[] = {
	{ .letter = 'v', .name = "verbose", .kind = OPTION_BOOL,
	    .offset = CHOICE(verbose),
	    .help = "show the commands that are run" },
	{ .letter = 'n', .name = "dry-run", .kind = OPTION_BOOL,
	    .offset = CHOICE(dry_run),
	    .help = "show them, and neither run nor write anything" },
	{ .name = "docker", .kind = OPTION_TEXT, .offset = CHOICE(docker),
	    .value = "PROGRAM", .environment = "DEXEC_DOCKER",
	    .complete = COMPLETE_PROGRAM,
	    .help = "the docker program (podman, nerdctl, a path)" },
	{ .letter = 'h', .name = "help", .kind = OPTION_BOOL,
	    .offset = CHOICE(help),
	    .help = "show this and stop" },
	{ .name = "version", .kind = OPTION_BOOL, .offset = CHOICE(version),
	    .help = "show the version and stop" },
	{ .name = NULL }
};

const struct command *
command_named(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}
