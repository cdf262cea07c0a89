/* SPDX-License-Identifier: ISC */
/* Dockerfile.dockerdo: what makes a session's image of its base image. */
#ifndef DOCKERDO_OVERLAY_H
#define DOCKERDO_OVERLAY_H

#include <stdbool.h>

struct buf;
struct error;
struct session;

#define OVERLAY_FILE	"Dockerfile.dockerdo"

/* The argument that has the user's public key. */
#define OVERLAY_KEY	"SSH_PUB_KEY"

/* Append what the session's would be; -1 with the error set. */
int overlay_text(struct buf *, const struct session *, struct error *);

/*
 * TEXT, which may have been changed by hand, was made for this session's base
 * image, or was not made by us; else the error is set.
 */
int overlay_check(const char *text, const struct session *, struct error *);

/* TEXT has the argument that has the user's public key. */
bool overlay_wants_key(const char *text);

#endif
