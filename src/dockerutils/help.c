/* SPDX-License-Identifier: ISC */
#include "dockerutils/help.h"

#include "base/buf.h"
#include "dockerutils/command.h"

void
help_program(struct buf *b)
{
	buf_add_text(b, "Usage: dockerutils COMMAND [OPTIONS] [ARGS...]\n"
	    "The images of a project, and docks: remote hosts to run them "
	    "on.\n"
	    "\n"
	    "Each COMMAND is a program of that name as well:\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		if (!commands[i]->hidden)
			buf_addf(b, "  %-28s%s\n", commands[i]->name,
			    commands[i]->summary);
	buf_add_text(b, "\nOptions of every command:\n");
	options_help(b, general_rows);
	buf_add_text(b, "\nExit status: that of docker, ssh or aws; 2 for a "
	    "command line that makes no\nsense; 1 for all that dockerutils "
	    "itself cannot do.\n"
	    "\"dockerutils COMMAND --help\" tells about a command.\n");
}

void
help_command(struct buf *b, const struct command *c)
{
	buf_addf(b, "Usage: %s [OPTIONS]%s%s\n\n%s", c->name,
	    *c->synopsis != '\0' ? " " : "", c->synopsis, c->help);
	buf_add_text(b, "\nOptions:\n");
	if (c->options != NULL)
		options_help(b, c->options);
	options_help(b, general_rows);
}
