/* SPDX-License-Identifier: ISC */
#include "dockerdo/help.h"

#include "base/buf.h"
#include "dockerdo/command.h"

void
help_program(struct buf *b)
{
	buf_add_text(b, "Usage: dockerdo COMMAND [OPTIONS] [ARGS...]\n"
	    "       dodo [OPTIONS] [COMMAND [ARGS...]]\n"
	    "Work with your own tools in a container: its files are mounted "
	    "here, commands\nrun there.  dodo is dockerdo exec.\n"
	    "\n"
	    "Each COMMAND but init, install and ls is about the session that "
	    "is active:\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		if (!commands[i]->hidden)
			buf_addf(b, "  %-28s%s\n", commands[i]->name,
			    commands[i]->summary);
	buf_add_text(b, "\nOptions of every command:\n");
	options_help(b, general_rows);
	buf_add_text(b, "\nExit status: that of docker or sshfs where they "
	    "fail; 2 for a command line that\nmakes no sense; 1 for all that "
	    "dockerdo itself cannot do.  exec has its\ncommand's status, "
	    "and 125 for all of these.\n"
	    "\"dockerdo COMMAND --help\" tells about a command.\n");
}

void
help_command(struct buf *b, const struct command *c)
{
	buf_addf(b, "Usage: dockerdo %s [OPTIONS]%s%s\n\n%s", c->name,
	    *c->synopsis != '\0' ? " " : "", c->synopsis, c->help);
	buf_add_text(b, "\nOptions:\n");
	if (c->options != NULL)
		options_help(b, c->options);
	options_help(b, general_rows);
}
