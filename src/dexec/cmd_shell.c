/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include <unistd.h>

#include "container/shell.h"

static void
argv(struct call *call, struct strv *argv)
{
	call->options.interactive = true;
	call->options.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	shell_argv(argv, call->args);
}

const struct command command_shell = {
	.name = "shell",
	.synopsis = "[ARGS...]",
	.summary = "start the best shell that the image has",
	.help =
	    "Start an interactive shell: the user's own ($SHELL, or the one\n"
	    "in /etc/passwd), else bash, zsh, fish, ash or sh, whichever the\n"
	    "image has first.  It gets a terminal when standard input and\n"
	    "output are terminals; otherwise it reads commands from standard\n"
	    "input.  ARGS are the shell's.\n",
	.argv = argv,
};
