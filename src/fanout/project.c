/* SPDX-License-Identifier: ISC */
#include "fanout/project.h"

#include <stdbool.h>
#include <string.h>

#include "fanout/inventory.h"

/* The length of DIRECTORY without slashes at its end, and one; 0 when PATH is
 * not at or below it. */
static size_t
depth_above(const char *directory, const char *path)
{
	size_t len = strlen(directory);

	if (*directory != '/')
		return 0;
	while (len > 0 && directory[len - 1] == '/')
		len--;
	if (strncmp(directory, path, len) != 0 ||
	    (path[len] != '/' && path[len] != '\0'))
		return 0;
	return len + 1;
}

/* Only what runs tells where the project is: what is left of an older one,
 * started from here too, would make it two. */
static bool
tells(const struct container *c)
{
	return *c->project != '\0' && !c->oneoff &&
	    (c->state == STATE_RUNNING || c->state == STATE_PAUSED);
}

void
project_look(struct project_search *s, const struct inventory *inventory)
{
	const struct container *c;
	size_t depth;

	if (s->directory == NULL || *s->directory != '/')
		return;
	for (size_t i = 0; i < inventory->n; i++) {
		c = &inventory->v[i];
		depth = tells(c) ? depth_above(c->directory, s->directory) : 0;
		if (depth == 0 || depth < s->depth)
			continue;
		if (depth > s->depth) {
			s->name = c->project;
			s->rival = NULL;
			s->depth = depth;
		} else if (strcmp(c->project, s->name) != 0) {
			s->rival = c->project;
		}
	}
}
