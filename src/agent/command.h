/* SPDX-License-Identifier: ISC */
/* A command that runs, which is a channel of the connection. */
#ifndef AGENT_COMMAND_H
#define AGENT_COMMAND_H

#include <sys/types.h>

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/input.h"
#include "agent/leftovers.h"
#include "agent/output.h"
#include "sweep/sweep.h"
#include "wire/start.h"

struct link;

/* A sweep that was asked for. */
struct asked {
	uint8_t signo, mode;
};

#define COMMAND_POLLS	3		/* descriptors to poll for */

struct command {
	struct command *next;
	uint32_t channel;
	char *cookie;
	bool terminal;
	pid_t pid;
	unsigned long long birth;	/* of the command, or a little before */
	bool dead;			/* it has been waited for: */
	int wait_status;
	bool forgotten;			/* nothing but its end is wanted */
	struct input in;
	struct output out, err;
	struct sweep sweep;
	struct asked *asked;		/* those that shall follow that one */
	size_t n_asked;
};

/* What a command's start needs of the agent. */
struct command_home {
	char *const *env;
	const char *directory;
};

/*
 * Start: 0 with *COMMAND, or an errno why it did not.  What nobody waits for
 * (START_DETACH) leaves no command: that is NULL, and *PID tells.
 */
int command_start(struct command **, uint32_t channel, const struct start *,
    const struct command_home *, pid_t *pid);

/* It has ended. */
void command_ended(struct command *, int wait_status);

/* Frames for it; -1 with errno when they may not be. */
int command_stdin(struct command *, struct link *, const uint8_t *bytes,
    size_t n);
int command_credit(struct command *, const uint8_t *payload, size_t n);
int command_winsize(struct command *, const uint8_t *payload, size_t n);
int command_ask_sweep(struct command *, const uint8_t *payload, size_t n);

/* End its tree; nothing more is sent than END. */
void command_forget(struct command *);

/* Fill in what to poll for; OUTPUT: the link has room for some. */
void command_poll(const struct command *, struct pollfd p[COMMAND_POLLS],
    bool output);

/*
 * Move bytes where POLLED says so, or where no poll is needed; at most a frame
 * of each stream.
 */
void command_move(struct command *, struct link *,
    const struct pollfd polled[COMMAND_POLLS]);

/* It has something to do before anything is polled for. */
bool command_is_eager(const struct command *, const struct link *);

/* When its sweep wants to be gone on with, of clock_us(); 0: there is none. */
int64_t command_wake(const struct command *);

/* Go on with its sweeps, and report those that are over. */
void command_sweep(struct command *, struct link *,
    const struct surroundings *);

/* Its end can be told. */
bool command_is_over(const struct command *);

/* Tell it, and give what its children still hold to LEFTOVERS. */
void command_tell_end(struct command *, struct link *, struct leftovers *);

void command_free(struct command *);

#endif
