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
	pid_t lent_to;		/* the group that has it from us, or 0 */
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
 * Make GROUP the foreground process group, when we are, so that it can ask
 * something at the terminal; and take the terminal back from it.
 */
bool tty_lend(struct tty *, pid_t group);
void tty_take_back(struct tty *);

#endif
