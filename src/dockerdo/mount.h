/* SPDX-License-Identifier: ISC */
/*
 * The container's files in the work directory: sshfs here, an sftp server in the
 * container, and between them a docker exec or an ssh, as the transport is.  Both
 * processes go on when we have ended, until the mount is taken away or the
 * container stops.
 */
#ifndef DOCKERDO_MOUNT_H
#define DOCKERDO_MOUNT_H

struct call;
struct error;

/* Where the server is in a container. */
#define SFTP_SERVER	"/.dexec-sftp"

/* Bring our server into the container, which need not run. */
int mount_bring_server(struct call *, struct error *);

/* Mount; a directory that is not empty is left alone. */
int mount_container(struct call *, struct error *);

#endif
