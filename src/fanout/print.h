/* SPDX-License-Identifier: ISC */
/*
 * Printing what was kept of many commands' outputs, piece by piece: as much as
 * there is room for, then the loop goes on.
 */
#ifndef FANOUT_PRINT_H
#define FANOUT_PRINT_H

#include "fanout/output.h"

/* It is over, for good; result->spool is to stay until it is `printed`. */
void output_over(struct output *, struct printout *);

/* All targets are over. */
void output_end(struct output *);

/* Nothing is left to be printed or written. */
bool output_done(const struct output *);

/* Print no more of what is kept. */
void output_abandon(struct output *);

#endif
