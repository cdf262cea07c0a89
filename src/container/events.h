/* SPDX-License-Identifier: ISC */
/*
 * What the engine tells of its containers as it happens: docker events, run on
 * the loop for as long as it is wanted.
 *
 * The stream begins with what the engine still remembers from before (docker
 * keeps 256 events), and goes on with what comes, with no gap between: the
 * engine subscribes and reads its memory under one lock.  So whatever happens
 * after events_start() is told, however long docker takes to get through to the
 * engine, as long as it is among the last 256.  The price is that old news come
 * too; who asks the engine what is must tell them apart by their time, which is
 * the engine's own.
 */
#ifndef CONTAINER_EVENTS_H
#define CONTAINER_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/loop.h"

struct docker;
struct error;
struct say;

enum event_kind {
	EVENT_START,
	EVENT_UNPAUSE,
	EVENT_HEALTHY,
	EVENT_CHANGE,		/* something that may concern one */
};

/* The texts are borrowed from the line. */
struct event {
	enum event_kind kind;
	int64_t at;		/* ms since 1970, by the engine's clock */
	const char *id;
	const char *name;
};

/*
 * Read one line, which is changed.  Returns -1 where it is none of ours, or
 * tells of something that nobody waits for.
 */
int event_parse(struct event *, char *line);

/*
 * `happened` may call events_clear() of what stands below, the others any; none
 * may free the struct.
 */
struct events_hooks {
	void (*began)(void *arg);	/* again, that is: there was a gap */
	void (*happened)(void *arg, const struct event *);
	void (*told)(void *arg);	/* that was all for the moment */
	void *arg;
};

struct events {
	struct loop *loop;		/* the module's own, as all below */
	const struct docker *docker;
	const struct say *say;
	struct events_hooks hooks;
	struct loop_child child;
	struct loop_watch out;
	struct loop_timer again;
	struct buf text;
	int64_t since, pause;
	bool running, held, skipping;
};

/*
 * Start docker; -1 with the error set when it cannot be started.  Should it end
 * it is started again after a pause, each time a longer one, up to 5 s.  The
 * texts and structs are borrowed until events_clear().
 */
int events_start(struct events *, struct loop *, const struct docker *,
    const struct say *, const struct events_hooks *, struct error *);

/* Tell nothing until events_release(): what comes meanwhile waits. */
void events_hold(struct events *);
void events_release(struct events *);

/* As if docker had ended: something is wrong with the engine. */
void events_again(struct events *);

/* Kill docker, with its helpers, and reap it. */
void events_clear(struct events *);

#endif
