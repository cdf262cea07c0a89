/* SPDX-License-Identifier: ISC */
/* How a program ends: as another did, or with what it has printed. */
#ifndef BASE_LEAVE_H
#define BASE_LEAVE_H

/*
 * End by signal SIGNO, without a core: ours would tell nobody anything.
 * Returns only if SIGNO does not end a process.
 */
void leave_by(int signo);

/*
 * Flush stdout.  Returns STATUS; or FAILED, with a line on stderr, where what
 * has been printed is lost.  Where nobody reads it we end by SIGPIPE.
 */
int leave_with(int status, int failed);

#endif
