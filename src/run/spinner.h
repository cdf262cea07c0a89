/* SPDX-License-Identifier: ISC */
/*
 * The sign that something is under way: one line on the terminal, drawn from
 * the loop after a while of silence and erased before anything else is.
 */
#ifndef RUN_SPINNER_H
#define RUN_SPINNER_H

#include <stdbool.h>
#include <stdint.h>

#include "run/loop.h"

struct spinner {
	struct loop *loop;	/* NULL: there is no spinner */
	int fd;			/* our own, non-blocking */
	char *label;
	bool utf8;
	bool color;
	bool drawn;
	unsigned int frame;
	int64_t since;
	struct loop_timer timer;
};

/* FD is a terminal where a spinner can be drawn, and nothing forbids one. */
bool spinner_possible(int fd);

/*
 * Begin to spin on FD, for LABEL (copied; made printable), when there has been
 * silence for 200 ms.
 */
void spinner_start(struct spinner *, struct loop *, int fd, const char *label,
    bool color);

/* From the next frame on show LABEL (copied; made printable). */
void spinner_label(struct spinner *, const char *label);

/* Erase it; it comes back after a silence that begins with spinner_resume(). */
void spinner_pause(struct spinner *);
void spinner_resume(struct spinner *);

/* Somebody else has written behind it: draw no more, and erase nothing. */
void spinner_leave(struct spinner *);

void spinner_clear(struct spinner *);

#endif
