/* SPDX-License-Identifier: ISC */
/*
 * Two pipes of the agent's own, for a keeper that sees the agent among the
 * processes of its machine: it may open them by way of /proc, and speak with the
 * agent with no engine between.  Until it does they are an offer.
 */
#ifndef AGENT_SHORTCUT_H
#define AGENT_SHORTCUT_H

#include <stdint.h>

struct link;

struct shortcut {
	int in[2], out[2];	/* as of pipe(2); -1: none */
	int lifeline;		/* what the link read from before it was taken;
				   -1: it has not been */
};

/* Make the offer; where that does not go there is none. */
void shortcut_offer(struct shortcut *);

/* What HELLO says of it: the descriptors, or WIRE_NO_PIPE. */
uint32_t shortcut_in(const struct shortcut *);
uint32_t shortcut_out(const struct shortcut *);

/* The link goes on with it.  -1 with errno when that may not be. */
int shortcut_take(struct shortcut *, struct link *);

/* Nobody has taken it and nobody will. */
void shortcut_withdraw(struct shortcut *);

#endif
