/* SPDX-License-Identifier: ISC */
#include "dockerutils/build_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dockerutils/dockerfile.h"
#include "dockerutils/project.h"
#include "dockerutils/reference.h"

struct node {
	const char *image;
	struct dockerfile file;
	struct reference reference;
	bool done;
};

/* FROM, as a Dockerfile has it, is the image that NODE builds. */
static bool
is_from(const char *from, const struct node *node)
{
	size_t n = strlen(node->reference.name);

	return strncmp(from, node->reference.name, n) == 0 &&
	    (from[n] == '\0' || from[n] == ':' || from[n] == '@');
}

/* Nothing that is yet to come is needed for NODE. */
static bool
is_ready(const struct node *node, const struct node *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].done || &all[i] == node)
			continue;
		for (size_t f = 0; f < node->file.from.n; f++)
			if (is_from(node->file.from.v[f], &all[i]))
				return false;
	}
	return true;
}

/* The first that is ready; in a circle, the first that there is. */
static struct node *
next_node(struct node *all, size_t n)
{
	struct node *first = NULL, *ready = NULL;

	for (size_t i = 0; i < n; i++) {
		if (all[i].done)
			continue;
		if (first == NULL)
			first = &all[i];
		if (!is_ready(&all[i], all, n))
			continue;
		if (ready == NULL || strcmp(all[i].image, "base") == 0)
			ready = &all[i];
	}
	return ready != NULL ? ready : first;
}

static int
read_nodes(struct node *all, const struct project *p, struct error *e)
{
	for (size_t i = 0; i < p->images.n; i++) {
		all[i].image = p->images.v[i];
		if (dockerfile_read(&all[i].file, all[i].image, e) == -1)
			return -1;
		all[i].done = !all[i].file.exists;
		if (!all[i].done && reference_make(&all[i].reference, p,
		    all[i].image, NULL, NULL, e) == -1)
			return -1;
	}
	return 0;
}

int
build_order(struct strv *order, const struct project *p, struct error *e)
{
	struct node *all = mem_zero(p->images.n + 1, sizeof(*all)), *node;
	int rc;

	rc = read_nodes(all, p, e);
	for (size_t i = 0; i < p->images.n; i++)
		if (all[i].reference.name == NULL)
			all[i].done = true;
	while (rc == 0 && (node = next_node(all, p->images.n)) != NULL) {
		strv_push(order, node->image);
		node->done = true;
	}
	for (size_t i = 0; i < p->images.n; i++) {
		dockerfile_clear(&all[i].file);
		reference_clear(&all[i].reference);
	}
	free(all);
	return rc;
}
