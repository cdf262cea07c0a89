/* SPDX-License-Identifier: ISC */
/* Which file a command's first word means, as runc (Go's exec.LookPath) says. */
#ifndef AGENT_LOOKUP_H
#define AGENT_LOOKUP_H

#include <stddef.h>

/*
 * Look NAME up in PATH (NULL is as empty) from the current directory, into
 * FILE of ROOM bytes.  0, or an errno: ENOENT also where PATH has a file of
 * that name which may not be executed, EACCES where a NAME with a slash is a
 * directory or may not be executed, EOPNOTSUPP where it would be found by way
 * of the current directory, which runc refuses in words of its own.
 *
 * Needs little stack and no heap: it is called between vfork and exec.
 */
int lookup_program(const char *name, const char *path, char *file, size_t room);

#endif
