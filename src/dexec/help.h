/* SPDX-License-Identifier: ISC */
/* What --help says, made from the tables. */
#ifndef DEXEC_HELP_H
#define DEXEC_HELP_H

struct buf;
struct command;

#define HELP_USAGE "dexec [OPTIONS] TARGET COMMAND [ARGS...]"

void help_program(struct buf *);
void help_command(struct buf *, const struct command *);

#endif
