/* SPDX-License-Identifier: ISC */
/*
 * Requests about names and where they lead to.  What these return is said in
 * sftp/status.h.
 */
#ifndef SFTP_NAMES_H
#define SFTP_NAMES_H

#include "sftp/request.h"

int names_remove(struct session *, const struct request *, struct reply *);

/* RENAME: where there is something of the new name already, it fails. */
int names_rename(struct session *, const struct request *, struct reply *);

/* posix-rename: that is replaced. */
int names_replace(struct session *, const struct request *, struct reply *);

int names_link(struct session *, const struct request *, struct reply *);

/* The name is what the link says, the second one that of the link. */
int names_symlink(struct session *, const struct request *, struct reply *);

int names_readlink(struct session *, const struct request *, struct reply *);

/* The last part of the name need not be there; "" is as ".". */
int names_realpath(struct session *, const struct request *, struct reply *);

#endif
