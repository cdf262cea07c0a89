/* SPDX-License-Identifier: ISC */
/*
 * What docker says when it could not even start the command, told apart from
 * what the command itself says.  Pure functions over text.
 *
 * Docker prints the runtime's message on *stdout*, with a carriage return, and
 * its own messages on stderr (docker/cli#2025, #4847).
 */
#ifndef CONTAINER_LAUNCH_H
#define CONTAINER_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

struct plan;

/* More than this is never docker's message alone. */
#define LAUNCH_LIMIT	(256 * 1024)

/*
 * May LEN bytes at the start of the command's stdout (or stderr) still turn
 * out to be such a message, and nothing else?
 */
bool launch_may_be_stdout(const char *bytes, size_t len);
bool launch_may_be_stderr(const char *bytes, size_t len);

/*
 * LEN bytes are one whole line with docker's own line end, CR and LF.  While a
 * container dies under an exec the engine passes on whatever words the layers
 * below it find ("ttrpc: closed"), and any of them look like that.
 */
bool launch_is_line(const char *bytes, size_t len);

enum launch {
	LAUNCH_NONE,		/* not about a launch, or not about this one */
	LAUNCH_NOT_FOUND,
	LAUNCH_NOT_INVOKED,	/* no permission, bad directory, ... */
};

/*
 * Is TEXT the runtime's message that PLAN's command could not be started?  It
 * is when it names the command, directory or user of this very plan; a nested
 * docker's message does not.
 */
enum launch launch_classify(const struct plan *, const char *text);

/* The runtime's message names no command, directory or user at all. */
bool launch_is_vague(const char *text);

/*
 * The same for what comes out on stderr, with status 1, where the program was
 * found but the kernel could not run it (no interpreter, no known format).
 */
enum launch launch_classify_exec(const struct plan *, const char *text);

/*
 * The engine's or the runtime's message that the container does not run, or is
 * not there.
 */
bool launch_is_about_state(const char *text);

/* The engine's message that PLAN's container, by that name, is paused. */
bool launch_is_paused(const struct plan *, const char *text);

/* The engine has failed under docker, whatever the command was. */
bool launch_is_engines(const char *text);

/*
 * The part of TEXT that says what is wrong: one line, no carriage return, none
 * of the layers' names in front.  The caller frees it.
 */
char *launch_clean(const char *text);

#endif
