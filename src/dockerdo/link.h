/* SPDX-License-Identifier: ISC */
/*
 * The way into a container whose transport is ssh: one connection to the sshd in
 * it, a master in a process session of its own, that all commands and the mount
 * share.  The sshd listens on the loopback of the engine's host, to where we
 * come by that host's own sshd; its keys are learned by docker, and then nothing
 * else is believed.
 */
#ifndef DOCKERDO_LINK_H
#define DOCKERDO_LINK_H

#include <stdbool.h>

#include "base/strv.h"

struct call;
struct error;
struct session;

/* Append ssh with all options but the destination, LINK_HOST. */
int link_argv(const struct session *, struct strv *argv, struct error *);

#define LINK_HOST	"127.0.0.1"

/*
 * Wait until the container's sshd listens, learn its port and its keys, and
 * connect.  An older connection is given up.
 */
int link_open(struct call *, struct error *);

/* There is a connection, and somebody has it. */
bool link_is_up(struct call *);

/* Let go of it; harmless when there is none. */
void link_close(struct call *);

#endif
