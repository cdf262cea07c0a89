/* SPDX-License-Identifier: ISC */
/*
 * The sweep from outside, for a container in which there is no shell: where
 * the engine runs on this very machine and we are allowed to, the processes
 * that bear the cookie are found in our own /proc.
 */
#ifndef CONTAINER_LOCAL_H
#define CONTAINER_LOCAL_H

/*
 * Send SIGNO to every process whose environment has DEXEC_ID=COOKIE, to their
 * descendants, and to whoever shares a session with them.  Returns how many
 * were reached (0 where /proc says nothing of them).
 */
int local_sweep(const char *cookie, int signo);

#endif
