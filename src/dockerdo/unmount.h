/* SPDX-License-Identifier: ISC */
/* Taking mounts away again. */
#ifndef DOCKERDO_UNMOUNT_H
#define DOCKERDO_UNMOUNT_H

#include <stdbool.h>

struct call;
struct error;

/*
 * Unmount POINT, if something is mounted there.  One that is in use is an error
 * that says who uses it, unless it is LAZY, or dead: then it vanishes now, and
 * ends when nobody uses it any more.
 */
int unmount(struct call *, const char *point, bool lazy, struct error *);

#endif
