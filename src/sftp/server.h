/* SPDX-License-Identifier: ISC */
/*
 * A server of version 3 of the SSH File Transfer Protocol: one client, and one
 * request after the other, so that they are answered in the order in which they
 * came.
 */
#ifndef SFTP_SERVER_H
#define SFTP_SERVER_H

#include "sftp/request.h"
#include "sftp/stream.h"

struct server {
	struct stream stream;
	struct session session;
	const struct request_kind *kinds;	/* up to one of type 0 */
	bool greeted;
};

/* Become one that understands KINDS (sftp/catalog.h); -1 with errno. */
int server_open(struct server *, int in, int out,
    const struct request_kind *kinds);

/*
 * Serve until the client's end: 0, or -1 where a packet broke the rules, or the
 * connection was lost.  What was answered before has been written.
 */
int server_run(struct server *);

void server_close(struct server *);

#endif
