/* SPDX-License-Identifier: ISC */
/*
 * dexec-archive rest: the archive that docker save makes of an image, without
 * the files of those layers that are at its destination already.
 *
 * docker load looks for a layer by its chain ID among its own before it opens
 * the file (engine 20.10, image/tarexport/load.go), so that it does without.
 */
#ifndef ARCHIVE_REST_H
#define ARCHIVE_REST_H

struct error;
struct output;
struct shared;

/*
 * Write the archive on FD without what SHARED has.  0, or -1 with
 * STATUS_BROKEN, STATUS_NOTHING, or 125 when OUT failed.  What was written
 * before a failure is no archive that could pass for a whole one.
 */
int rest_run(int fd, const struct shared *shared, struct output *out,
    struct error *err);

#endif
