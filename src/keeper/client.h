/* SPDX-License-Identifier: ISC */
/*
 * What a client says to the keeper: that it wants a command, or to know how
 * things are, or that there shall be an end; and later what concerns its
 * command.  Whoever says anything else is hung up on.
 */
#ifndef KEEPER_CLIENT_H
#define KEEPER_CLIENT_H

struct call;
struct frame;

/* It has said this. */
void client_hear(struct call *, const struct frame *);

#endif
