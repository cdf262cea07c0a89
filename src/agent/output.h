/* SPDX-License-Identifier: ISC */
/* One of a command's output streams on its way to the keeper. */
#ifndef AGENT_OUTPUT_H
#define AGENT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link;

struct output {
	int fd;				/* -1: there is none, or it has ended */
	bool terminal;
	bool grown;			/* its pipe, for bulk */
	bool first;			/* nothing has come of it yet */
	bool last;			/* the command has ended: only DUE */
	size_t due;			/* bytes that it wrote until then */
	size_t credit;			/* bytes that may go out */
};

/* Take FD, which becomes non-blocking; -1: no stream. */
void output_open(struct output *, int fd, bool terminal);

/* It can be gone on with when its descriptor can be read. */
bool output_is_ready(const struct output *);

/*
 * Move a frame's worth into the link, if there is: false if nothing is to be
 * had for now.  At the end an empty frame tells, unless the command has ended.
 */
bool output_move(struct output *, struct link *, uint32_t channel,
    uint8_t type);

/* The command has ended: what is on its way now is all that is wanted. */
void output_settle(struct output *);

/* Nothing is wanted of it any more. */
bool output_is_delivered(const struct output *);

/* Another N bytes may go out. */
void output_credit(struct output *, uint32_t n);

void output_close(struct output *);

#endif
