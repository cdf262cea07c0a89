/* SPDX-License-Identifier: ISC */
/*
 * The commands of dockerdo.  A command is one file, with its row, and one line
 * in the table of command.c; the row says what the command needs, and the
 * dispatcher sees to that before it calls it.
 */
#ifndef DOCKERDO_COMMAND_H
#define DOCKERDO_COMMAND_H

#include <stdint.h>

#include "base/arguments.h"
#include "base/options.h"
#include "base/say.h"
#include "dockerdo/session.h"
#include "dockerdo/settings.h"
#include "run/docker.h"

struct error;

/* What the options of all commands set. */
struct choices {
	/* of every command */
	const char *docker;
	bool verbose, dry_run, help, version;

	/* init */
	const char *container, *remote, *distro, *image, *user, *registry;
	const char *build_dir, *remote_delay;
	bool local;
	int transport;

	/* run */
	int ssh_port;

	/* build */
	const char *overlay_tag;
	bool build_there;

	/* exec */
	const char *workdir;
	bool interactive, tty, no_stdin, warm;
	int64_t warm_idle;

	/* the others */
	bool record, dockerfile, no_bashrc, unset, json, no_default_args, lazy, force, delete;
};

/* How the words behind a command's name are read. */
enum reading {
	READ_ANY,	/* options and others in any order */
	READ_FRONT,	/* options before the first other word only */
	READ_DOCKER,	/* what is no long option of ours is docker's */
};

/* What a command is called with. */
struct call {
	struct choices choices;
	struct arguments arguments;	/* its words are those that are no
					   options */
	struct docker docker;
	struct say say;
	struct settings settings;
	struct session session;		/* read, if the row asks for it */
	int signo;			/* what ended a program of ours, or 0 */
};

struct command {
	const char *name;
	const char *synopsis;		/* behind the name and the options */
	const char *summary;		/* one line for the list */
	const char *help;		/* paragraphs, each line ended */
	const struct option_row *options;	/* set call.choices; or NULL */
	enum reading reading;
	const char *letters;		/* READ_DOCKER: those that are ours */
	size_t least, most;		/* words that are no options */
	bool session;			/* is about the active one */
	bool relays_status;		/* of a command of the user's: what is
					   ours ends with 125 */
	bool hidden;			/* for scripts of ours: not listed */

	/*
	 * Do it.  Returns the exit status, or -1 with the error set; where a
	 * program was ended by a signal, call->signo is that.
	 */
	int (*run)(struct call *, struct error *);
};

#define CHOICE(field)	offsetof(struct choices, field)
#define ANY_NUMBER	((size_t)-1)

/* All commands, ended by NULL. */
extern const struct command *const commands[];

/* What the link dodo is. */
extern const struct command command_exec;

/* That of this name, or NULL. */
const struct command *command_named(const char *name);

/* The options that all commands have. */
extern const struct option_row general_rows[];

#endif
