/* SPDX-License-Identifier: ISC */
/*
 * The event loop: descriptors, timers, children and signals on one poll(2).
 *
 * Watches, timers and children are embedded in their owner's struct, who fills
 * in the upper fields and gives them to the loop; nothing is allocated per
 * event.  Inside any callback, any of them may be added or removed, also the
 * one that is being called.
 */
#ifndef RUN_LOOP_H
#define RUN_LOOP_H

#include <sys/types.h>
#include <sys/queue.h>

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct error;

/* Calls `ready` while one of `events` (poll's) holds, and on POLLERR/POLLHUP */
struct loop_watch {
	int fd;
	short events;
	void (*ready)(void *arg, short revents);
	void *arg;

	bool active;			/* the loop's own, as all below */
	size_t slot;			/* in the set of the round */
	TAILQ_ENTRY(loop_watch) link;
};

/* Calls `fire` once, at or after the moment `at` (clock_now()). */
struct loop_timer {
	int64_t at;
	void (*fire)(void *arg);
	void *arg;

	bool active;
	TAILQ_ENTRY(loop_timer) link;
};

/*
 * Calls `changed` with a status of waitpid(2): once with the child's end, after
 * which the loop has forgotten it, and before that for each stop.
 */
struct loop_child {
	pid_t pid;
	void (*changed)(void *arg, int wait_status);
	void *arg;

	bool active;
	TAILQ_ENTRY(loop_child) link;
};

struct loop {
	TAILQ_HEAD(loop_watches, loop_watch) watches;
	TAILQ_HEAD(loop_timers, loop_timer) timers;
	TAILQ_HEAD(loop_children, loop_child) children;
	struct pollfd *set;		/* of the round under way, and */
	struct loop_watch **set_watch;	/* whose each is; NULL: removed */
	size_t set_used;
	size_t set_room;
	struct loop_watch signals;
	void (*on_signal)(void *arg, int signo);
	void *signal_arg;
};

/*
 * A loop, and the process's SIGCHLD.  Returns -1 with the error set.  There is
 * one such loop in a process at a time; loop_clear() gives SIGCHLD back.
 */
int loop_init(struct loop *, struct error *);
void loop_clear(struct loop *);

/*
 * From now on SIGNO calls on_signal from the loop, outside of signal context.
 * A signal that was ignored when the process started stays so when it comes
 * from the terminal, as for a shell's background jobs; one sent by kill(2) is
 * meant for us and is taken, except SIGHUP, which nohup(1) is about.
 */
int loop_catch(struct loop *, int signo);

void loop_watch(struct loop *, struct loop_watch *);
void loop_unwatch(struct loop *, struct loop_watch *);

void loop_at(struct loop *, struct loop_timer *, int64_t at);
void loop_after(struct loop *, struct loop_timer *, int64_t ms);
void loop_cancel(struct loop *, struct loop_timer *);

void loop_child(struct loop *, struct loop_child *);
void loop_forget(struct loop *, struct loop_child *);

/* Wait for something to happen and call whom it concerns.  Not from within. */
int loop_round(struct loop *, struct error *);

#endif
