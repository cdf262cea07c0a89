/* SPDX-License-Identifier: ISC */
/* A command's standard input on its way from the keeper. */
#ifndef AGENT_INPUT_H
#define AGENT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	int fd;				/* -1: nobody reads it */
	bool terminal;			/* it does not end by end-of-file */
	bool grown;			/* its pipe holds the whole window */
	bool ended;			/* no more will come */
	uint8_t *data;			/* what waits */
	size_t start, end, room;
	size_t taken;			/* bytes since the last credit */
};

/* Take FD, which becomes non-blocking; -1: what comes is thrown away. */
void input_open(struct input *, int fd, bool terminal);

/*
 * N bytes came, none: the end.  -1 with EPROTO if that is more than the window
 * allows, or behind the end; or ENOMEM.
 */
int input_add(struct input *, const uint8_t *bytes, size_t n);

/*
 * Write what it takes: 1 when all is written, 0 when it takes no more for now,
 * -1 when nobody reads it any more; it is closed then.
 */
int input_write(struct input *);

/* Something waits to be written. */
bool input_is_waiting(const struct input *);

/* Bytes that another credit is due for, when it is worth one; else 0. */
uint32_t input_credit(struct input *);

void input_close(struct input *);

#endif
