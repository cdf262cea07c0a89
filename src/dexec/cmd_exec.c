/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

static void
argv(struct call *call, struct strv *argv)
{
	strv_pushv(argv, call->args);
}

const struct command command_exec = {
	.name = "exec",
	.synopsis = "[OPTIONS] COMMAND [ARGS...]",
	.summary = "run a command",
	.help =
	    "Run COMMAND in the container.  Its arguments reach it as they\n"
	    "are, its output comes as it is written, and its status is ours.\n"
	    "The options are those of docker exec, and may stand before\n"
	    "TARGET as well; one \"--\" behind them is dropped.\n"
	    "\n"
	    "The word exec may be left out where COMMAND is not the name of\n"
	    "another command of dexec.\n",
	.options = exec_option_rows,
	.missing = "no command to run",
	.argv = argv,
};
