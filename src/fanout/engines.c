/* SPDX-License-Identifier: ISC */
#include "fanout/engines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct engine_row *
engines_add(struct engines *engines, const struct docker *docker,
    const char *name)
{
	struct engine_row *row = mem_zero(1, sizeof(*row));

	row->name = mem_dup(name);
	row->docker = *docker;
	if (name != NULL)
		row->docker.context = row->name;
	engines->v = mem_grow(engines->v, engines->n + 1,
	    sizeof(*engines->v));
	engines->v[engines->n++] = row;
	return row;
}

struct engine_row *
engines_named(const struct engines *engines, const char *name)
{
	const char *known;

	for (size_t i = 0; i < engines->n; i++) {
		known = engines->v[i]->name;
		if (name == NULL ? known == NULL :
		    known != NULL && strcmp(known, name) == 0)
			return engines->v[i];
	}
	return NULL;
}

void
engines_clear(struct engines *engines)
{
	struct engine_row *row;

	for (size_t i = 0; i < engines->n; i++) {
		row = engines->v[i];
		inventory_clear(&row->inventory);
		free(row->name);
		free(row->host);
		free(row->lost);
		free(row);
	}
	free(engines->v);
	memset(engines, 0, sizeof(*engines));
}
