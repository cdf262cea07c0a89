/* SPDX-License-Identifier: ISC */
/*
 * TARGET as it is written: a comma list of parts, each of which selects
 * containers.
 *
 *	NAME				a name, an ID, or the beginning of an ID
 *	*?[ in it			a pattern for names, as glob(7)
 *	@all				all that run
 *	@label:KEY[=VALUE]		those with the label
 *	@compose[:SERVICE[#N]]		of the compose project here
 *	@swarm:SERVICE			the tasks of a swarm service
 *	@image:REF			those that run an image
 *	@health:WORD			healthy, unhealthy, starting or none
 *	@GROUP				what the configuration calls so
 *	@context:NAME/PART		any of the foregoing, by a docker context
 *
 * A comma in brackets belongs to the pattern; "\," and "\\" are a comma and a
 * backslash that separate nothing.  Blanks before a part do not count.
 */
#ifndef FANOUT_SELECTOR_H
#define FANOUT_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "container/state.h"

struct error;
struct strv;

enum selector_kind {
	SELECTOR_NAME,
	SELECTOR_GLOB,
	SELECTOR_ALL,
	SELECTOR_LABEL,
	SELECTOR_COMPOSE,
	SELECTOR_SWARM,
	SELECTOR_IMAGE,
	SELECTOR_HEALTH,
};

struct selector {
	enum selector_kind kind;
	char *part;		/* as it was written, for messages */
	char *context;		/* NULL: none was named */
	char *word;		/* name, pattern, key, service or reference;
				 * NULL: none (@all, @compose, @health) */
	char *value;		/* of a label; NULL: any */
	enum health health;
	unsigned int replica;	/* of a compose service; 0: all */
};

struct selectors {
	struct selector *v;
	size_t n, room;
};

/*
 * Whether TARGET is one name or ID and nothing more: docker gets it as it is,
 * and no list of containers is asked for.
 */
bool selector_is_plain(const char *target);

/*
 * Append what TARGET says.  GROUPS are words "NAME=TARGET" (NULL: none), of
 * which the last with a name counts; they may name each other.  After an error
 * S holds the parts before it, and is cleared as ever.
 */
int selectors_parse(struct selectors *s, const char *target,
    const struct strv *groups, struct error *);

void selectors_clear(struct selectors *);

#define SELECTORS_AUTO __attribute__((cleanup(selectors_clear)))

#endif
