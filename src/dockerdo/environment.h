/* SPDX-License-Identifier: ISC */
/*
 * The session's variables on their way to a command, with no value in a list of
 * processes: docker takes them from its own environment (-e NAME), and those
 * that it would heed itself from a file that has no name.
 */
#ifndef DOCKERDO_ENVIRONMENT_H
#define DOCKERDO_ENVIRONMENT_H

struct error;
struct exec_options;
struct session;

/* Their names alone, for a command that is shown. */
void environment_show(const struct session *, struct exec_options *);

/*
 * Put them, which are as variable_check() has them, into this process's environment, and into the options.  *FD is the
 * file's, which is to stay open until the command has ended, or -1.
 */
int environment_give(const struct session *, struct exec_options *, int *fd,
    struct error *);

#endif
