/* SPDX-License-Identifier: ISC */
/*
 * Where symbolic links lead to, for whoever has the container's root directory
 * mounted somewhere in his own: there "/" and a ".." too many would be his.
 */
#ifndef SFTP_LINKS_H
#define SFTP_LINKS_H

#include <limits.h>

/*
 * TARGET, as LINK has it (a path from the root), becomes PATH: relative, and
 * never leading out of the root.  Links among the names of TARGET count as
 * directories.  0, or ENAMETOOLONG.
 */
int links_contain(const char *link, const char *target, char path[PATH_MAX]);

#endif
