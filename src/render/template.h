/* SPDX-License-Identifier: ISC */
/*
 * Text with names in it, @NAME@, in whose places something else shall stand:
 * part of a line, or, for a name that is a line, any number of lines.
 *
 * Beside that a template can say more about a thing than its own help does:
 *
 *	@MORE name
 *	lines of text
 *	@END
 *
 * which is taken out, and put where the thing is described.
 */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

struct remark {
	const char *name;
	const char *text;		/* lines, each ended */
	bool used;
};

struct remarks {
	struct remark *list;
	size_t n;
};

/* What a template may name; a table of these ends with a NULL name. */
struct part {
	const char *name;
	void (*render)(struct buf *, struct remarks *);
};

/* The remark on NAME, or "". */
const char *remark_on(struct remarks *, const char *name);

/*
 * Append TEXT, which is changed, with PARTS in their places.  -1 with the
 * error set when it names what is not among them, or has a remark that no part
 * had a use for.
 */
int template_render(struct buf *, char *text, const struct part *parts,
    struct error *);

#endif
