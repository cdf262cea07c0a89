/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include <unistd.h>

/*
 * One exec, in which a shell that every image with a shell has looks for a
 * better one: the user's own, then those made for people.
 */
#define FIND_SHELL \
	"own=$SHELL; " \
	"while IFS=: read -r name x uid gid text home shell; do " \
	"[ -n \"$own\" ] || [ \"$uid\" != \"$(id -u 2>/dev/null)\" ] || " \
	"own=$shell; done </etc/passwd 2>/dev/null; " \
	"case $own in */sh | */nologin | */false) own= ;; esac; " \
	"for s in \"$own\" bash zsh fish ash; do " \
	"command -v \"$s\" >/dev/null 2>&1 && exec \"$s\" \"$@\"; done; " \
	"exec sh \"$@\""

static void
argv(struct call *call, struct strv *argv)
{
	call->options.interactive = true;
	call->options.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	strv_push(argv, "sh");
	strv_push(argv, "-c");
	strv_push(argv, FIND_SHELL);
	strv_push(argv, "sh");
	strv_pushv(argv, call->args);
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
