/* SPDX-License-Identifier: ISC */
/*
 * The pipes that an agent offers (wire/message.h, HELLO), where it is among the
 * processes that we see: the engine is this machine's, and we are root or the
 * agent is our own user's.
 *
 * An agent is as hostile as its container.  What it says is a descriptor is
 * looked at before it is opened, and has to be a pipe that only processes can
 * have; a pipe can carry nothing but what any other way to the agent could.
 */
#ifndef KEEPER_SHORTCUT_H
#define KEEPER_SHORTCUT_H

#include <stdint.h>

struct greeting;

struct shortcut {
	int from, to;		/* the agent's; neither blocks; -1: none */
};

/*
 * Open the pipes of the agent that was started as PATH, a name that no other
 * process has.  -1: it is not to be seen from here, or has none.
 */
int shortcut_open(struct shortcut *, const char *path, const struct greeting *);

void shortcut_close(struct shortcut *);

#endif
