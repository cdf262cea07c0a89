/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include <string.h>

/* The table: a line for each command, in the order in which help has them. */
#define COMMANDS(ROW) \
	ROW(exec) \
	ROW(file) \
	ROW(ls) \
	ROW(shell) \
	ROW(warm) \

#define DECLARE(name) extern const struct command command_##name;
#define LIST(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands[] = { COMMANDS(LIST) NULL };

const struct command *
command_named(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}
