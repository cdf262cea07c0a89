/* SPDX-License-Identifier: ISC */
/*
 * The tasks of a Docker Swarm service, on all of its nodes.  A manager knows
 * which node runs which task (`docker service ps`); the containers are reached
 * through the node's own engine, which is
 *
 *	the manager's, where the node is that one,
 *	the docker context that has the node's name, else
 *	the host that the configuration makes of the name.
 */
#ifndef FANOUT_SWARM_H
#define FANOUT_SWARM_H

struct error;
struct resolve_request;
struct resolved;
struct selectors;

/*
 * Add the targets of the @swarm parts.  A task that cannot be reached is lost;
 * a service that no manager knows is an error.
 */
int swarm_resolve(const struct resolve_request *, const struct selectors *,
    struct resolved *, struct error *);

/* A line of docker service ps, by our format. */
struct swarm_task {
	char *id, *name, *node, *state;
};

/* The docker host for NODE by TEMPLATE, %n being the node; the caller frees. */
char *swarm_host(const char *template, const char *node);

#endif
