/* SPDX-License-Identifier: ISC */
/* The file of a session that a shell sources to work in it. */
#ifndef DOCKERDO_ACTIVATE_H
#define DOCKERDO_ACTIVATE_H

struct error;
struct session;

/* Write it; its path is the caller's to free.  NULL with the error set. */
char *activate_write(const struct session *, struct error *);

#endif
