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
#include "container/archive.h"
#include "container/exec.h"
#include "container/plan.h"
#include "dexec/settings.h"

struct error;
struct resolved;

/* What a command is called with. */
struct call {
	struct settings settings;
	struct exec_options options;	/* docker exec's, from before TARGET */
	struct docker docker;
	struct say say;
	struct warm_setup warm;
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

	/* Append what shall run in the container. */
	void (*argv)(struct call *, struct strv *argv);

	/*
	 * Or: do it, when it is nothing that runs there; argv is NULL then.  0
	 * with the outcome filled in, or -1 with the error set.
	 */
	int (*run)(struct call *, struct outcome *, struct error *);

	/*
	 * How the helper does the same from outside, with call.args, where the
	 * image lacks argv[0] or the container does not run.
	 */
	enum archive_mode archive;
};

/* All commands, ended by NULL. */
extern const struct command *const commands[];

/* That of this name, or NULL. */
const struct command *command_named(const char *name);

/* What runs when the word behind TARGET is no command. */
extern const struct command command_exec;

/* Several containers are meant, or what only makes sense for several. */
bool call_is_many(const struct call *);

/* The options for several containers go together. */
int many_check(const struct many *, struct error *);

/* Which containers are meant: resolved_clear() in any case. */
int call_resolve(const struct call *, struct resolved *, struct error *);

/* What belongs to them and cannot be reached: told, and a failure. */
void call_tell_lost(const struct call *, const struct resolved *,
    struct outcome *);

/* Do it in all of them; COMMAND NULL: list them. */
int call_many(struct call *, const struct command *, char *const *argv,
    struct outcome *, struct error *);

/*
 * Do it: 0 with the outcome filled in, or -1 with the error set.  With --print,
 * show the docker command instead.
 */
int call_run(struct call *, const struct command *, struct outcome *,
    struct error *);

#endif
