/* SPDX-License-Identifier: ISC */
/*
 * The commands of dexec.  A command is one file, with its row, and one line in
 * the table of command.c; the row says what the command needs, and the
 * dispatcher sees to that before it calls it.
 */
#ifndef DEXEC_COMMAND_H
#define DEXEC_COMMAND_H

#include "base/options.h"
#include "base/say.h"
#include "base/strv.h"
#include "container/exec.h"
#include "container/plan.h"
#include "dexec/settings.h"

struct error;

/* What a command is called with. */
struct call {
	struct settings settings;
	struct exec_options options;	/* docker exec's, from before TARGET */
	struct docker docker;
	struct say say;
	const char *target;
	char *const *args;		/* behind the command's own options */
};

struct command {
	const char *name;
	const char *synopsis;		/* behind the name: "PATH..." */
	const char *summary;		/* one line for the list */
	const char *help;		/* paragraphs, each line ended */
	const struct option_row *options;	/* parsed into call.options */
	const char *missing;		/* the error when there is no argument;
					   NULL: it needs none */

	/* Do it: 0 with the outcome filled in, or -1 with the error set. */
	int (*run)(struct call *, struct outcome *, struct error *);
};

/* All commands, ended by NULL. */
extern const struct command *const commands[];

/* That of this name, or NULL. */
const struct command *command_named(const char *name);

/* What runs when the word behind TARGET is no command. */
extern const struct command command_exec;

/*
 * Run ARGV in the container as CALL says; with --print, show the docker
 * command instead.
 */
int call_exec(const struct call *, char *const *argv, struct outcome *,
    struct error *);

/*
 * The outcome of call_exec() says that a program of the image was missing, or
 * that the container does not run: read its files from outside?
 */
bool call_may_use_archive(const struct outcome *);

#endif
