/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <string.h>

/* The table: a line for each command, in the order in which help has them. */
#define COMMANDS(ROW) \
	ROW(build_image) \
	ROW(run_image) \
	ROW(publish_image) \
	ROW(transfer_image) \
	ROW(run_notebook) \
	ROW(genversion) \
	ROW(register_dock) \
	ROW(unregister_dock) \
	ROW(create_dock) \
	ROW(destroy_dock) \
	ROW(start_dock) \
	ROW(stop_dock) \
	ROW(ls_dock) \
	ROW(ssh_dock) \
	ROW(nb_dock) \
	ROW(sync_up) \
	ROW(sync_down) \
	ROW(dock_env) \
	ROW(complete) \
	ROW(manual) \

#define DECLARE(name) extern const struct command command_##name;
#define LIST(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands[] = { COMMANDS(LIST) NULL };

const struct option_row general_rows[] = {
	{ .letter = 'C', .name = "directory", .kind = OPTION_TEXT,
	    .offset = CHOICE(directory), .value = "DIR",
	    .complete = COMPLETE_DIRECTORY,
	    .help = "work in DIR instead of the current directory" },
	{ .name = "docker", .kind = OPTION_TEXT, .offset = CHOICE(docker),
	    .value = "PROGRAM", .environment = "DEXEC_DOCKER",
	    .complete = COMPLETE_PROGRAM,
	    .help = "the docker program (podman, nerdctl, a path)" },
	{ .name = "print", .kind = OPTION_BOOL, .offset = CHOICE(print),
	    .help = "show the commands and do not run them" },
	{ .letter = 'q', .name = "quiet", .kind = OPTION_BOOL,
	    .offset = CHOICE(quiet),
	    .help = "do not show commands before they are run" },
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
