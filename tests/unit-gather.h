/* SPDX-License-Identifier: ISC */
/* What the tests of gathered results share: results with outputs, and how they
 * are told. */
#ifndef TESTS_UNIT_GATHER_H
#define TESTS_UNIT_GATHER_H

#include "fanout/gather.h"
#include "fanout/result.h"

#define MOST		40

struct buf;

/* Results with spools of their own. */
struct set {
	struct result r[MOST];
	struct spool spool[MOST];
	char name[MOST][16];
	size_t n;
};

/* One more result; its streams come in pieces of PIECE bytes, turn by turn. */
void add_in_pieces(struct set *, int status, const char *out,
    const char *err, size_t piece);
void add(struct set *, int status, const char *out, const char *err);

/* In finishing order, which is not that of the targets. */
void gather_set(struct gather *, const struct set *);

/* Both streams into one text; what is for stderr in { }. */
void tell(const struct gather *, struct buf *all);
void expect_told(const struct gather *, const char *want);

void set_clear(struct set *);

#endif
