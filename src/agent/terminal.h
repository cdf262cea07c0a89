/* SPDX-License-Identifier: ISC */
/* Terminals for commands, from the container's own devpts. */
#ifndef AGENT_TERMINAL_H
#define AGENT_TERMINAL_H

#include <stdint.h>

/*
 * A new one: 0 with *MASTER, non-blocking, and *SLAVE, or -1 with errno.  Both
 * are close-on-exec.
 */
int terminal_open(int *master, int *slave);

/* Set its size, unless that is not known: 0. */
void terminal_resize(int master, uint16_t rows, uint16_t columns);

#endif
