/* SPDX-License-Identifier: ISC */
/*
 * The ssh command line for a host.  Host keys, ports, jump hosts and the like
 * are for the user's own configuration of ssh to say; nothing here loosens it.
 */
#ifndef DOCKERUTILS_SSH_H
#define DOCKERUTILS_SSH_H

#include "base/strv.h"

struct call;
struct error;
struct record;

struct ssh {
	char *host;		/* [USER@]HOST */
	char *identity;		/* a key's file, or NULL */
};

/*
 * For NAME, the moniker of a dock or [USER@]HOST.  IDENTITY may be NULL or
 * empty.
 */
int ssh_make(struct ssh *, const struct call *, const char *name,
    const char *identity, struct error *);

/* For a dock. */
void ssh_make_dock(struct ssh *, const struct record *);

/* Append "ssh", OPTION ("NAME=VALUE" of -o, or NULL), the host and COMMAND. */
void ssh_argv(const struct ssh *, struct strv *argv, const char *option,
    const char *command);

void ssh_clear(struct ssh *);
#define SSH_AUTO __attribute__((cleanup(ssh_clear)))

#endif
