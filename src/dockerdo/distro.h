/* SPDX-License-Identifier: ISC */
/* The distributions that an image may be of. */
#ifndef DOCKERDO_DISTRO_H
#define DOCKERDO_DISTRO_H

struct error;

/* NAME is one; else the error is set. */
int distro_check(const char *name, struct error *);

#endif
