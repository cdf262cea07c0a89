/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include <string.h>

extern const struct command command_file, command_ls, command_shell;

const struct command *const commands[] = {
	&command_exec,
	&command_file,
	&command_ls,
	&command_shell,
	NULL
};

const struct command *
command_named(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}
