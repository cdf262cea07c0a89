/* SPDX-License-Identifier: ISC */
/*
 * The tasks of a Docker Swarm service, on all of its nodes.  A manager knows
 * which node runs which task; the containers are reached through the node's
 * own engine, which is
 *
 *	the manager's, where the node is that one,
 *	the docker context that has the node's name, else
 *	the host that the configuration makes of the name.
 *
 * Whatever these lead to, a task is reached only where its container is.
 */
#ifndef FANOUT_SWARM_H
#define FANOUT_SWARM_H

struct engines_ask;
struct error;
struct resolve_request;
struct resolved;

/*
 * Add the targets of the @swarm parts of HOW's TARGET.  All engines that a part
 * means are asked, and those that give no answer are lost; one that is no
 * manager or has no tasks of the service is passed over.  A task that cannot be
 * reached is lost.  A part of which nobody has tasks is an error, unless they
 * may be where no answer came from.  Returns as ask().
 */
int swarm_resolve(const struct resolve_request *, const struct engines_ask *,
    struct resolved *, struct error *);

#endif
