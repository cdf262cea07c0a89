/* SPDX-License-Identifier: ISC */
/*
 * The commands of dockerutils.  A command is one file, with its row, and one
 * line in the table of command.c; the row says what the command needs, and the
 * dispatcher sees to that before it calls it.
 */
#ifndef DOCKERUTILS_COMMAND_H
#define DOCKERUTILS_COMMAND_H

#include <stdint.h>

#include "base/options.h"
#include "base/say.h"
#include "base/strv.h"
#include "base/arguments.h"
#include "dockerutils/project.h"
#include "run/docker.h"

struct error;
struct record;

/* What the options of all commands set. */
struct choices {
	/* of every command */
	const char *directory, *docker;
	bool print, quiet, help, version;

	/* build-image, publish-image */
	const char *image_name, *image_tag;
	bool force, pull, no_scripts, no_builder, no_compress, login;

	/* run-image */
	const char *args, *command, *network;
	struct strv env;
	bool keep, gpu, tty, no_tty;

	/* transfer-image */
	const char *identity;
	int compress;
	bool of_project;

	/* docks */
	const char *instance, *region, *profile, *ssh_options;
	const char *instance_type, *subnet;
	const char *product, *product_version, *bind;
	int volume_size, port;
	struct strv tags;
	int64_t poll, limit;
	bool no_browser, no_context, exposed, json, no_state, yes, delete, dry_run, overwrite;
};

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_IMAGE,		/* a directory below docker/ */
	ARGUMENT_RUNNABLE,	/* or a synthetic image */
	ARGUMENT_REFERENCE,	/* an image of docker's */
	ARGUMENT_DOCK,
};

/* What a command is called with. */
struct call {
	const char *name;		/* in messages */
	struct choices choices;
	struct arguments arguments;
	char *const *words;		/* those that are no options */
	struct docker docker;
	struct say say;
	struct project project;		/* entered, if the row asks for it */
	int signo;			/* what ended a program of ours, or 0 */
};

struct command {
	const char *name;
	const char *synopsis;		/* behind the name and the options */
	const char *summary;		/* one line for the list */
	const char *help;		/* paragraphs, each line ended */
	const struct option_row *options;	/* set call.choices; or NULL */
	size_t least, most;		/* words that are no options */
	enum argument argument;		/* what the first of them is */
	bool command;			/* behind that: a command, whose options
					   are its own */
	bool project;			/* is run in a project */
	bool hidden;			/* for scripts of ours: not listed */

	/*
	 * Do it.  Returns the exit status, or -1 with the error set; where a
	 * program was ended by a signal, call->signo is that.
	 */
	int (*run)(struct call *, struct error *);

	/*
	 * Or, where run is NULL: the same with the dock that the first word
	 * names, without one that which this shell is docked to.
	 */
	int (*on_dock)(struct call *, const struct record *, struct error *);
};

#define CHOICE(field)	offsetof(struct choices, field)

/* All commands, ended by NULL. */
extern const struct command *const commands[];

/* That of this name, or NULL. */
const struct command *command_named(const char *name);

/* The options that all commands have. */
extern const struct option_row general_rows[];

#endif
