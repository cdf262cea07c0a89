/* SPDX-License-Identifier: ISC */
/*
 * Where the keeper of a warm connection listens, and which connection it is: a
 * key of everything that makes two docker execs reach the same container, the
 * same way, as the same user.
 *
 * The key's first line is the version of all who speak through the socket.
 * The socket is named by a hash of the other lines, so that a keeper of another
 * version is met there, and not passed by.
 */
#ifndef CONTAINER_WARM_PLACE_H
#define CONTAINER_WARM_PLACE_H

#include "container/plan.h"

struct error;

/*
 * The directory of all sockets, made if it is not there: "dexec" in
 * $XDG_RUNTIME_DIR, else "dexec/warm" in $XDG_CACHE_HOME or ~/.cache.  It is
 * ours alone (0700, not a link).  The caller frees it; NULL with the error set.
 */
char *warm_directory(struct error *);

struct warm_place {
	char *key;		/* text, lines */
	char *socket;		/* an absolute path */
};

/* That of PLAN: 0, or -1 with the error set; warm_place_clear() in any case. */
int warm_place_find(struct warm_place *, const struct plan *, struct error *);
void warm_place_clear(struct warm_place *);

/*
 * A keeper could not be had at SOCKET, as WHY says: written down beside it, so
 * that not every call tries again.  NULL: there is one.
 */
void warm_place_note(const char *socket, const char *why);

/* What was written down less than ten seconds ago, or NULL; the caller frees it. */
char *warm_place_trouble(const char *socket);

#endif
