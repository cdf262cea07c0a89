/* SPDX-License-Identifier: ISC */
/* Requests about directories.  What these return is said in sftp/status.h. */
#ifndef SFTP_DIRECTORIES_H
#define SFTP_DIRECTORIES_H

#include "sftp/request.h"

int directories_open(struct session *, const struct request *, struct reply *);

/*
 * Another piece of it, with at least one entry: of some kilobytes, as sshfs
 * takes no more than 128 KiB.
 */
int directories_read(struct session *, const struct request *, struct reply *);

int directories_make(struct session *, const struct request *, struct reply *);
int directories_remove(struct session *, const struct request *,
    struct reply *);

#endif
