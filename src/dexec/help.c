/* SPDX-License-Identifier: ISC */
#include "dexec/help.h"

#include "base/buf.h"
#include "dexec/command.h"
#include "dexec/settings.h"

void
help_program(struct buf *b)
{
	buf_add_text(b, "Usage: " HELP_USAGE "\n"
	    "Run operations in running containers.\n"
	    "\n"
	    "TARGET is a container's name or ID, or selects several: a list "
	    "with commas of\nnames, patterns ('web-*'), @all, "
	    "@label:KEY[=VALUE], @compose[:SERVICE[#N]],\n@image:REF, "
	    "@health:WORD, @swarm:SERVICE, @context:NAME/PART, @GROUP.  "
	    "With\nno COMMAND they are listed.  A COMMAND that is none of "
	    "these is run in the\ncontainer, as if exec stood before it:\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		buf_addf(b, "  %-28s%s\n", commands[i]->name,
		    commands[i]->summary);
	buf_add_text(b, "\nOptions:\n");
	options_help(b, settings_rows);
	buf_add_text(b, "\nOptions for several containers:\n");
	options_help(b, many_rows);
	buf_add_text(b, "\nOptions of docker exec, before TARGET or behind "
	    "exec:\n");
	options_help(b, exec_option_rows);
	buf_add_text(b, "\nExit status: the command's own; 124 timed out, "
	    "125 dexec, docker, the engine or\nthe container failed, 126 "
	    "cannot be invoked, 127 not found.\n"
	    "\"dexec --help COMMAND\" tells about a command.\n");
}

void
help_command(struct buf *b, const struct command *c)
{
	buf_addf(b, "Usage: dexec [OPTIONS] TARGET %s %s\n\n%s", c->name,
	    c->synopsis, c->help);
	if (c->options == NULL)
		return;
	buf_add_text(b, "\nOptions:\n");
	options_help(b, c->options);
}
