/* SPDX-License-Identifier: ISC */
/* What the sshfs of this machine is like. */
#ifndef DOCKERDO_SSHFS_H
#define DOCKERDO_SSHFS_H

/*
 * The option by which it passes symbolic links on as they are told, with a
 * comma in front; "" where it does so anyway.  Since CVE-2026-47187 it refuses
 * those that begin with "/" or have ".." in them.  *SIGNO: what interrupted us
 * meanwhile, if anything did.
 */
const char *sshfs_link_option(int *signo);

#endif
