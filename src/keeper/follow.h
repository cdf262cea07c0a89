/* SPDX-License-Identifier: ISC */
/*
 * What becomes of the container, told by docker events while it happens.  There
 * is no second try: news that may have been missed are as bad as any.
 */
#ifndef KEEPER_FOLLOW_H
#define KEEPER_FOLLOW_H

#include <stdbool.h>

#include "base/buf.h"
#include "run/loop.h"

struct docker;
struct error;

enum news_kind {
	NEWS_ENDED,		/* it has died, or was stopped or removed */
	NEWS_PAUSED,
	NEWS_UNPAUSED,
	NEWS_NAMED,		/* it has got this name: created or renamed */
	NEWS_COPIED,		/* docker cp has read or written a file in it */
};

/* The texts are borrowed from the line. */
struct news {
	enum news_kind kind;
	const char *id;
	const char *name;
};

/* Read one line, which is changed.  -1 where it is none of ours. */
int news_parse(struct news *, char *line);

struct follow {
	struct loop *loop;		/* the module's own, as all below */
	struct loop_child child;
	struct loop_watch out;
	struct buf text;
	bool running;
	void (*told)(void *arg, const struct news *);
	void (*lost)(void *arg);
	void *arg;
};

/*
 * Follow all containers of the engine: `told` is called with what happens once
 * docker has got through to it, and `lost` once, when it tells no more.  -1
 * with the error set when docker cannot be started.
 */
int follow_start(struct follow *, struct loop *, const struct docker *,
    void (*told)(void *arg, const struct news *), void (*lost)(void *arg),
    void *arg, struct error *);

/* End docker, with its helpers, and reap it. */
void follow_clear(struct follow *);

#endif
