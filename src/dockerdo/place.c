/* SPDX-License-Identifier: ISC */
#include "dockerdo/place.h"

#include <string.h>

#include "base/mem.h"
#include "dockerdo/mounts.h"

/* ROOT and REST, "" or "/...", as one path. */
static char *
join(const char *root, const char *rest)
{
	if (strcmp(root, "/") == 0)
		root = "";
	return *root == '\0' && *rest == '\0' ? mem_dup("/") :
	    mem_printf("%s%s", root, rest);
}

char *
place_in_container(const struct mounts *m, const char *point,
    const char *directory)
{
	const struct mounted *container = mounts_at(m, point);
	const struct mounted *here = mounts_holding(m, directory);
	const char *rest;

	/* Nothing is mounted: it is by its name what it would be. */
	if (container == NULL) {
		rest = mounts_below(directory, point);
		return rest != NULL ? join("/", rest) : NULL;
	}
	if (here == NULL || strcmp(here->device, container->device) != 0)
		return NULL;
	return join(here->root, mounts_below(directory, here->point));
}
