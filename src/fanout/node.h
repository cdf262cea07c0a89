/* SPDX-License-Identifier: ISC */
/*
 * The name of a swarm node, which is its machine's host name: whoever runs the
 * node has chosen it, and by it we choose an engine to talk to.
 */
#ifndef FANOUT_NODE_H
#define FANOUT_NODE_H

#include <stdbool.h>

/*
 * Whether NAME is one that a host or a docker context can have: letters,
 * digits, "-", "_" and ".", the first a letter or a digit.  Another could be an
 * option, a user at a host, a path, or worse.
 */
bool node_is_name(const char *name);

/*
 * The docker host for NODE by TEMPLATE: %n is the node, %% is %, all else stays
 * as it is.  The caller frees it.
 */
char *node_host(const char *template, const char *node);

#endif
