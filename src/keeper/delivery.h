/* SPDX-License-Identifier: ISC */
/*
 * Putting the agent into a container, and taking it out again.  It needs
 * neither a shell nor anything else there, where docker cp may write; where the
 * root file system may only be read, /dev is a file system of its own that
 * takes it, if the image has a shell.
 */
#ifndef KEEPER_DELIVERY_H
#define KEEPER_DELIVERY_H

struct docker;
struct errands;
struct error;

/*
 * Put it into the container ID.  Returns its path there, which the caller
 * frees, or NULL with the error set.
 */
char *delivery_put(const struct errands *, const struct docker *,
    const char *id, struct error *);

/* Have it remove itself as root, if it is there. */
void delivery_remove(const struct errands *, const struct docker *,
    const char *id, const char *path);

#endif
