/* SPDX-License-Identifier: ISC */
/* A directory's entry for people, as ls -l tells of it. */
#ifndef SFTP_LONGNAME_H
#define SFTP_LONGNAME_H

#include <sys/stat.h>

#include <stddef.h>
#include <time.h>

#define LONGNAME_MOST	(96 + 256)	/* for what stands before, and a name */

/*
 * Into TEXT of ROOM bytes, cut where it does not fit.  Owners are numbers
 * and times are UTC, since the C library's ways to ask for more are larger than
 * all of us; NOW says which times are of late.
 */
void longname(char *text, size_t room, const char *name, const struct stat *,
    time_t now);

#endif
