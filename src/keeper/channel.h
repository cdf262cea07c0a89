/* SPDX-License-Identifier: ISC */
/*
 * What an agent may say of one command, and when.  The container is not ours,
 * and neither is whoever speaks for it: each frame is looked at here before
 * anything is done with it.  Pure.
 */
#ifndef KEEPER_CHANNEL_H
#define KEEPER_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

struct channel {
	uint32_t number;
	uint32_t flags;		/* of its start */
	bool started;
	bool forgotten;		/* FORGET was sent */
	bool over;		/* it may say nothing more */
	bool ended[2];		/* its stdout, stderr */
	bool unread;		/* nobody reads its stdin any more */
	uint32_t may_send[2];	/* bytes of stdout, stderr, before a CREDIT */
	uint32_t may_get;	/* bytes of stdin that we may send */
	uint32_t sweeps;	/* not yet answered */
};

/* A START with these FLAGS is about to be sent on channel NUMBER. */
void channel_open(struct channel *, uint32_t number, uint32_t flags);

/*
 * The header of a frame has come: may it be?  Counts what it takes from a
 * window, or that its stream has ended.  -1: the agent breaks the rules.
 */
int channel_header(struct channel *, uint8_t type, uint32_t length);

/* The payload of a frame that is no data, and whose header was right. */
int channel_payload(struct channel *, uint8_t type, const uint8_t *payload);

/* N bytes of stream 1 or 2 have been used up, and a CREDIT is sent for them. */
void channel_grant(struct channel *, int stream, uint32_t n);

#endif
