/* SPDX-License-Identifier: ISC */
/* What --help says, made from the tables. */
#ifndef DOCKERDO_HELP_H
#define DOCKERDO_HELP_H

struct buf;
struct command;

void help_program(struct buf *);
void help_command(struct buf *, const struct command *);

#endif
