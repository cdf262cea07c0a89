/* SPDX-License-Identifier: ISC */
/*
 * Requests about what is in files.  What these return is said in sftp/status.h.
 *
 * What was written is there for all other processes at once, and CLOSE tells of
 * a write that was lost also where the client did not look at the answer to it.
 */
#ifndef SFTP_FILES_H
#define SFTP_FILES_H

#include "sftp/request.h"

/* How to open, as OPEN has it. */
#define FILES_READ	0x01u
#define FILES_WRITE	0x02u
#define FILES_APPEND	0x04u
#define FILES_CREATE	0x08u
#define FILES_TRUNCATE	0x10u
#define FILES_EXCLUSIVE	0x20u

int files_open(struct session *, const struct request *, struct reply *);
int files_close(struct session *, const struct request *, struct reply *);

/* Fewer bytes than asked for only at the end, or beyond PACKET_BULK. */
int files_read(struct session *, const struct request *, struct reply *);

int files_write(struct session *, const struct request *, struct reply *);
int files_sync(struct session *, const struct request *, struct reply *);

#endif
