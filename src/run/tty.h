/* SPDX-License-Identifier: ISC */
/*
 * The terminal: what it was like when we came, and whose turn it is.
 */
#ifndef RUN_TTY_H
#define RUN_TTY_H

#include <sys/types.h>

#include <stdbool.h>
#include <termios.h>

struct tty {
	int fd;			/* -1: no terminal */
	struct termios modes;
	pid_t group;		/* the group that was ours, while it is lent */
};

/* Note the modes of the first of 0, 1 and 2 that is a terminal. */
void tty_note(struct tty *);

/* Put the modes back if they have changed and we may (or are orphaned). */
void tty_restore(const struct tty *);

/* FD is a terminal and we are in its foreground process group. */
bool tty_foreground(int fd);

/* Columns of FD, or 80. */
int tty_columns(int fd);

/*
 * Make GROUP the foreground process group, when ours is, so that it can ask
 * something at the terminal.  We join it meanwhile: what is typed to interrupt
 * reaches us too.  False when that cannot be done.
 */
bool tty_lend(struct tty *, pid_t group);

/* Our own group again, in the foreground; harmless when nothing is lent. */
void tty_take_back(struct tty *);

#endif
