/* SPDX-License-Identifier: ISC */
/* Which directory of the container a directory of ours is. */
#ifndef DOCKERDO_PLACE_H
#define DOCKERDO_PLACE_H

struct mounts;

/*
 * That of DIRECTORY, where the container's "/" is, or would be, mounted at
 * POINT; the caller frees it.  NULL: it is none.  A part of the same file system
 * that is mounted elsewhere is one too; what something else covers is not.
 */
char *place_in_container(const struct mounts *, const char *point,
    const char *directory);

#endif
