/* SPDX-License-Identifier: ISC */
/* A session as a Dockerfile: what has been done in it, done again. */
#ifndef DOCKERDO_DOCKERFILE_H
#define DOCKERDO_DOCKERFILE_H

struct buf;
struct error;
struct session;

/*
 * Append one that builds in the session's work directory, while its files are
 * mounted there: the image, the variables, the files that have been changed
 * through the mount and are still there, the commands.
 */
int dockerfile_text(const struct session *, struct buf *, struct error *);

#endif
