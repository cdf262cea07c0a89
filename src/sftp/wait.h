/* SPDX-License-Identifier: ISC */
/* Process 1 of a container that has nothing else to run. */
#ifndef SFTP_WAIT_H
#define SFTP_WAIT_H

/*
 * Wait for orphans as they end, until TERM or INT comes.  As process 1, end all
 * others then: they are asked by TERM, and have two seconds; the kernel kills
 * those that are left when we are gone.  0, or -1 with errno.
 */
int wait_for_end(void);

#endif
