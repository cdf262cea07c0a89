/* SPDX-License-Identifier: ISC */
/*
 * One client of the keeper, and its command: the connection, the pipes that
 * came with it, and the channel to the agent.  The client may go before the
 * agent has ended the command, and the other way round.
 */
#ifndef KEEPER_CALL_H
#define KEEPER_CALL_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper/channel.h"
#include "keeper/outflow.h"
#include "run/loop.h"
#include "wire/frame.h"
#include "wire/passing.h"

struct exchange;

#define CALL_TEXT	512

struct call {
	bool taken;		/* it has a channel */
	struct channel channel;
	bool detached;		/* from the agent: nothing more goes there */
	bool waits;		/* for the answer to its START */
	int64_t since;

	struct exchange *exchange;	/* the call's own, as all below */
	struct loop_watch client, input;
	struct frame_reader in;
	struct frame_writer out;
	int fds[PASSING_MOST];
	size_t n_fds;
	struct outflow flow[2];
	bool closing;		/* when all that waits is written */
	uint8_t last_type;	/* behind all output; 0: not yet known */
	uint8_t last[CALL_TEXT];
	size_t last_len;
	bool dirty, hushed;
	bool stops;		/* the client waits for the keeper to stop */
	TAILQ_ENTRY(call) link, unanswered, touched;
	LIST_ENTRY(call) bucket;
};

/* FD, which does not block, is the call's from now on. */
struct call *call_new(struct exchange *, int fd);

/* Close everything and free it. */
void call_free(struct call *);

/*
 * The agent expects to hear of its command, and we from the agent.
 */
bool call_live(const struct call *);

/* Use the pipes that came with it, for a start with these FLAGS. */
void call_open(struct call *, uint32_t flags);

/* Tell the client, with what else there is to tell. */
void call_say(struct call *, uint8_t type, const void *payload, size_t len);

/* The client has gone, or did what it may not. */
void call_gone(struct call *);

/* Look whether something has come from the client. */
void call_look(struct call *);

/* Nothing was done and will be; closes the connection behind it. */
void call_decline(struct call *, const char *why);

/* A frame of the agent on this channel, which channel_payload() has passed. */
void call_told(struct call *, const struct frame *);

/* The agent's data has all been put into flow[STREAM - 1]; END: no more. */
void call_credit(struct call *, int stream);
void call_stream_end(struct call *, int stream);

/*
 * Nobody will say how it ends.  The client is told WHY behind the output that
 * has come.
 */
void call_lose(struct call *, const char *why);

/* Withdraw the command: the agent ends it, and the client is told WHY. */
void call_withdraw(struct call *, const char *why);

/* Write to the client what waits, and hang up when all is said. */
void call_flush(struct call *);

/*
 * The keeper serves no more: a client that has asked for nothing yet is told
 * WHY, and one that asked for just that is let go.
 */
void call_close(struct call *, const char *why);

/* Read no more from the client and its stdin, until told otherwise. */
void call_hush(struct call *, bool);

/* The client is gone, and so is the command. */
bool call_is_over(const struct call *);

#endif
