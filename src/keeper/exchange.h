/* SPDX-License-Identifier: ISC */
/*
 * The commands of many clients on one connection to an agent: who may be taken,
 * which channel is whose, what is told to whom.  It knows frames and pipes, and
 * nothing of docker.
 */
#ifndef KEEPER_EXCHANGE_H
#define KEEPER_EXCHANGE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper/inlet.h"
#include "run/loop.h"
#include "wire/frame.h"

struct call;
struct channel;

/* What an agent says of itself; all of it as its container sees it. */
struct greeting {
	uint32_t pid, uid;
	uint32_t in, out;	/* pipes of its own, or WIRE_NO_PIPE */
};

#define EXCHANGE_BUCKETS	64

/* None of these may free the exchange. */
struct exchange_hooks {
	/* The agent has said HELLO. */
	void (*hello)(void *arg, const struct greeting *);

	/* Its pipe is at its end, or WHY it will not be listened to. */
	void (*broken)(void *arg, const char *why);

	/* A START has been without answer for EXCHANGE_SLOW_MS or longer. */
	void (*slow)(void *arg, int64_t ms);

	/*
	 * May the bearer of N bytes of KEY be served with a command?  NULL:
	 * yes; else why not, until the next call.
	 */
	const char *(*refuses)(void *arg, const uint8_t *key, size_t n);

	/* A client asks for STATUS: its text, which the caller frees. */
	char *(*status)(void *arg);

	/* A client has asked that it STOPs. */
	void (*stop)(void *arg);

	/* A command has begun; a client or a command is gone. */
	void (*changed)(void *arg);

	void *arg;
};

#define EXCHANGE_SLOW_MS	250

TAILQ_HEAD(call_list, call);
LIST_HEAD(call_bucket, call);

struct exchange {
	size_t running;		/* commands that the agent has not ended */
	size_t clients;		/* connected */
	uint64_t served;	/* commands taken, ever */
	bool open;		/* connected to an agent */
	bool ended;		/* nothing more comes from it */
	bool switched;		/* it has answered exchange_switch() */

	struct loop *loop;	/* the exchange's own, as all below */
	struct exchange_hooks hooks;
	struct loop_watch from, to;
	struct inlet in;
	struct frame_writer out;
	struct frame frame;	/* with data, and so many bytes to come: */
	uint32_t left;
	struct call *whose;
	bool greeted, switching, crowded, deaf, drained;
	uint32_t last;		/* channel number */
	struct call_list calls;
	struct call_list unanswered;	/* oldest first */
	struct call_list dirty;
	struct call_bucket bucket[EXCHANGE_BUCKETS];
	struct loop_timer slow;
};

/* No connection yet, and no clients. */
void exchange_init(struct exchange *, struct loop *,
    const struct exchange_hooks *);

/*
 * FROM and TO, which do not block, lead from and to the agent; they stay the
 * caller's.
 */
void exchange_connect(struct exchange *, int from, int to);

/*
 * Tell the agent to go on with its two pipes, which these lead from and to, and
 * do so, too.  Before any client was accepted.  -1: it could not be told.
 */
int exchange_switch(struct exchange *, int from, int to);

/*
 * The connection is lost.  Clients whose command may be running are told WHY,
 * the others that nothing was done.
 */
void exchange_lose(struct exchange *, const char *why);

/* A client, by its connection, which does not block and is the exchange's now. */
void exchange_accept(struct exchange *, int fd);

/* Nobody will be served any more: call_close() for all clients. */
void exchange_close_new(struct exchange *, const char *why);

/* Forget all STARTs without answer; their clients are told WHY. */
void exchange_forget_unanswered(struct exchange *, const char *why);

/* Write what has come together; to be called after each round of the loop. */
void exchange_flush(struct exchange *);

/* Close everything. */
void exchange_clear(struct exchange *);

/*
 * For call.c: what it tells the agent.
 */

/* The call's channel gets a number, and its start goes to the agent. */
void exchange_begin(struct exchange *, struct call *, const uint8_t *start,
    size_t len);
void exchange_tell(struct exchange *, const struct channel *, uint8_t type,
    const void *payload, size_t len);

/* The agent has said all on it that it may. */
void exchange_channel_over(struct exchange *, struct call *);

/* Its START was answered, or need not be any more. */
void exchange_answered(struct exchange *, struct call *);

#endif
