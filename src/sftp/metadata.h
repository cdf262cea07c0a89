/* SPDX-License-Identifier: ISC */
/*
 * Requests about what files and file systems are.  What these return is said in
 * sftp/status.h.
 */
#ifndef SFTP_METADATA_H
#define SFTP_METADATA_H

#include "sftp/request.h"

int metadata_stat(struct session *, const struct request *, struct reply *);
int metadata_lstat(struct session *, const struct request *, struct reply *);
int metadata_fstat(struct session *, const struct request *, struct reply *);

/*
 * SETSTAT, lsetstat and FSETSTAT.  The draft does not say what SETSTAT does to a
 * link.  Whoever mounts us has followed links before it asks, and sshfs has no
 * other request for a link itself: of that the owner and the times are set, or
 * cp -a would change what links lead to.
 */
int metadata_set(struct session *, const struct request *, struct reply *);
int metadata_lset(struct session *, const struct request *, struct reply *);
int metadata_fset(struct session *, const struct request *, struct reply *);

int metadata_statvfs(struct session *, const struct request *, struct reply *);
int metadata_fstatvfs(struct session *, const struct request *, struct reply *);

#endif
