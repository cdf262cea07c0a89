/* SPDX-License-Identifier: ISC */
/*
 * dexec-archive cat: the content of a file from its archive.
 */
#ifndef ARCHIVE_CAT_H
#define ARCHIVE_CAT_H

struct error;
struct output;

/*
 * Write the content of the first entry of the archive on FD.  0, or -1 with
 * STATUS_PATH (a directory, a device ...), STATUS_BROKEN, STATUS_NOTHING, or
 * 125 when OUT failed.  After success FD was read to its end; after a failure
 * reading stopped at once, however much was to come.
 */
int cat_run(int fd, struct output *out, struct error *err);

#endif
