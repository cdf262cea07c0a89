/* SPDX-License-Identifier: ISC */
/*
 * A port of a host's loopback, on our own: ssh -N -L, while we need it, and
 * over a connection of its own.  It does not outlive us.
 */
#ifndef DOCKERUTILS_TUNNEL_H
#define DOCKERUTILS_TUNNEL_H

#include <sys/types.h>

struct error;
struct ssh;
struct strv;

struct tunnel {
	pid_t pid;		/* of ssh; 0: there is none */
};

/* -1 with the error set when our own PORT is in use. */
int tunnel_possible(int port, struct error *);

/* Append the ssh that makes it. */
void tunnel_argv(const struct ssh *, struct strv *argv, int port);

/*
 * Open it, and wait until it takes connections.  Returns 0, or -1 with the
 * error set when ssh ends before that.  A signal that wants us to end is in
 * *SIGNO (else 0); the value is 128 and that then, and there is no tunnel.
 */
int tunnel_open(struct tunnel *, const struct ssh *, int port, int *signo,
    struct error *);

/*
 * Wait until it ends, or a signal wants us to end, which *SIGNO is then (else
 * 0).  There is none afterwards.  Returns its exit status, or -1 with the error
 * set.
 */
int tunnel_hold(struct tunnel *, int *signo, struct error *);

/* End it; harmless when there is none. */
void tunnel_close(struct tunnel *);

#endif
