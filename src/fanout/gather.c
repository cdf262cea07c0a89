/* SPDX-License-Identifier: ISC */
#include "fanout/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/text.h"
#include "fanout/result.h"

/* ---- equal or not --------------------------------------------------------- */

/* FNV-1a: only spares comparisons, which decide. */
static int
digest(struct gather_digest *d, const struct spool *s, int stream)
{
	SPOOL_CURSOR_AUTO struct spool_cursor c = { 0 };
	const char *bytes;
	ssize_t n = 0;

	d->length = 0;
	d->hash = UINT64_C(0xcbf29ce484222325);
	if (s == NULL)
		return 0;
	spool_read(&c, s, stream);
	while ((n = spool_next(&c, &bytes, &stream)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			d->hash = (d->hash ^ (unsigned char)bytes[i]) *
			    UINT64_C(0x100000001b3);
		d->length += (uint64_t)n;
	}
	return (int)n;
}

/* One of two streams that are compared, and what was read of it. */
struct side {
	struct spool_cursor cursor;
	const char *bytes;
	size_t left;
};

/* Have something to compare.  Returns as spool_next(). */
static ssize_t
fill(struct side *s)
{
	ssize_t n = (ssize_t)s->left;
	int stream;

	if (n == 0)
		n = spool_next(&s->cursor, &s->bytes, &stream);
	if (n > 0)
		s->left = (size_t)n;
	return n;
}

/* 1: they differ, 0: they do not, -1 with errno. */
static int
compare(struct side *a, struct side *b)
{
	ssize_t na, nb;
	size_t n;

	for (;;) {
		na = fill(a);
		nb = fill(b);
		if (na == -1 || nb == -1)
			return -1;
		if (na == 0 || nb == 0)
			return na != nb;
		n = a->left < b->left ? a->left : b->left;
		if (memcmp(a->bytes, b->bytes, n) != 0)
			return 1;
		a->bytes += n;
		b->bytes += n;
		a->left -= n;
		b->left -= n;
	}
}

static int
compare_spools(const struct spool *p, const struct spool *q, int stream)
{
	struct side a = { 0 }, b = { 0 };
	int rc;

	if (p == NULL || q == NULL)
		return 0;	/* with equal digests: nothing on either side */
	spool_read(&a.cursor, p, stream);
	spool_read(&b.cursor, q, stream);
	rc = compare(&a, &b);
	spool_cursor_clear(&a.cursor);
	spool_cursor_clear(&b.cursor);
	return rc;
}

int
gather_differ(const struct gather_group *a, const struct gather_group *b,
    int stream)
{
	const struct gather_digest *da = &a->digest[stream - RESULT_STDOUT];
	const struct gather_digest *db = &b->digest[stream - RESULT_STDOUT];

	if (da->length != db->length || da->hash != db->hash)
		return 1;
	return compare_spools(a->members[0]->spool, b->members[0]->spool,
	    stream);
}

/* ---- groups --------------------------------------------------------------- */

static void
group_clear(struct gather_group *g)
{
	free(g->members);
	free(g->word);
	free(g->title);
	free(g->reason);
	spool_close(&g->difference);
	memset(g, 0, sizeof(*g));
}

void
gather_clear(struct gather *g)
{
	for (size_t i = 0; i < g->n; i++)
		group_clear(&g->groups[i]);
	free(g->groups);
	memset(g, 0, sizeof(*g));
}

static void
add_member(struct gather_group *g, const struct result *r)
{
	g->members = mem_grow(g->members, g->n + 1, sizeof(*g->members));
	g->members[g->n++] = r;
}

/* 1: GROUP has the like of ONE, 0: it has not, -1 with errno. */
static int
is_like(const struct gather_group *group, const struct gather_group *one)
{
	int differ;

	if (strcmp(group->word, one->word) != 0)
		return 0;
	differ = gather_differ(group, one, RESULT_STDOUT);
	if (differ == 0)
		differ = gather_differ(group, one, RESULT_STDERR);
	return differ == -1 ? -1 : !differ;
}

/* Into the first group that fits, or as a group of its own. */
static int
place(struct gather *g, struct gather_group *one)
{
	int like;

	for (size_t i = 0; i < g->n; i++) {
		like = is_like(&g->groups[i], one);
		if (like == -1)
			return -1;
		if (like == 0)
			continue;
		add_member(&g->groups[i], one->members[0]);
		group_clear(one);
		return 0;
	}
	g->groups = mem_grow(g->groups, g->n + 1, sizeof(*g->groups));
	g->groups[g->n++] = *one;
	return 0;
}

int
gather_add(struct gather *g, const struct result *r)
{
	struct gather_group one = { 0 };

	add_member(&one, r);
	one.word = result_word(r);
	if (digest(&one.digest[0], r->spool, RESULT_STDOUT) == 0 &&
	    digest(&one.digest[1], r->spool, RESULT_STDERR) == 0 &&
	    place(g, &one) == 0)
		return 0;
	group_clear(&one);
	return -1;
}

static int
compare_members(const void *p, const void *q)
{
	const struct result *a = *(const struct result *const *)p;
	const struct result *b = *(const struct result *const *)q;

	return (a->index > b->index) - (a->index < b->index);
}

static int
compare_groups(const void *p, const void *q)
{
	const struct gather_group *a = p, *b = q;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return compare_members(a->members, b->members);
}

static char *
title(const struct gather_group *g)
{
	char **names = mem_grow(NULL, g->n, sizeof(*names));
	char *folded;

	for (size_t i = 0; i < g->n; i++)
		names[i] = text_printable(g->members[i]->name, 0);
	folded = natural_fold(names, g->n);
	for (size_t i = 0; i < g->n; i++)
		free(names[i]);
	free(names);
	return folded;
}

/* A message may name its container: it stands for all where all have it. */
static char *
reason(const struct gather_group *g)
{
	char *first = result_reason(g->members[0]);

	for (size_t i = 1; first != NULL && i < g->n; i++) {
		MEM_AUTO char *other = result_reason(g->members[i]);

		if (other != NULL && strcmp(first, other) == 0)
			continue;
		free(first);
		return mem_dup(g->word);
	}
	return first;
}

void
gather_order(struct gather *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct gather_group *group = &g->groups[i];

		qsort(group->members, group->n, sizeof(*group->members),
		    compare_members);
		free(group->title);
		free(group->reason);
		group->title = title(group);
		group->reason = reason(group);
	}
	if (g->n > 0)
		qsort(g->groups, g->n, sizeof(*g->groups), compare_groups);
}

/* ---- telling -------------------------------------------------------------- */

void
gather_read(struct gather_reader *r, const struct gather *g)
{
	*r = (struct gather_reader){ .gather = g };
}

void
gather_reader_clear(struct gather_reader *r)
{
	spool_cursor_clear(&r->cursor);
	memset(r, 0, sizeof(*r));
}

static void
tell_title(struct gather_reader *r, const struct gather_group *g,
    struct buf *chunk)
{
	const struct spool *body = g->differs ? &g->difference :
	    g->members[0]->spool;

	buf_addf(chunk, "==== %s (%zu) ====\n", g->title, g->n);
	if (g->reason != NULL)
		buf_addf(chunk, "%s\n", g->reason);
	memset(r->last, '\n', sizeof(r->last));
	r->left = 0;
	r->phase = body != NULL ? GATHER_BODY : GATHER_TAIL;
	if (body != NULL)
		spool_read(&r->cursor, body, SPOOL_ALL);
}

static ssize_t
fill_reader(struct gather_reader *r)
{
	ssize_t n = (ssize_t)r->left;

	if (n == 0)
		n = spool_next(&r->cursor, &r->bytes, &r->stream);
	if (n > 0)
		r->left = (size_t)n;
	return n;
}

/* Pieces of one stream that come together are one piece. */
static int
tell_body(struct gather_reader *r, struct buf *chunk, int *stream)
{
	size_t room = GATHER_CHUNK, n;
	ssize_t rc = 1;

	for (*stream = 0; room > 0 && (rc = fill_reader(r)) > 0;) {
		if (*stream != 0 && *stream != r->stream)
			break;
		*stream = r->stream;
		n = r->left < room ? r->left : room;
		buf_add(chunk, r->bytes, n);
		r->last[r->stream] = r->bytes[n - 1];
		r->bytes += n;
		r->left -= n;
		room -= n;
	}
	if (rc == -1)
		return -1;
	if (rc == 0)
		r->phase = GATHER_TAIL;
	return 1;
}

/* End the lines that have no end, one stream at a time; then the next group. */
static void
tell_tail(struct gather_reader *r, struct buf *chunk, int *stream)
{
	for (int i = RESULT_STDOUT; i <= RESULT_STDERR; i++) {
		if (r->last[i] == '\n')
			continue;
		r->last[i] = '\n';
		*stream = i;
		buf_add_byte(chunk, '\n');
		return;
	}
	spool_cursor_clear(&r->cursor);
	r->phase = GATHER_TITLE;
	r->at++;
}

int
gather_next(struct gather_reader *r, struct buf *chunk, int *stream)
{
	size_t before = chunk->len;

	while (chunk->len == before && r->at < r->gather->n) {
		if (r->phase == GATHER_TITLE) {
			*stream = RESULT_STDOUT;
			tell_title(r, &r->gather->groups[r->at], chunk);
		} else if (r->phase == GATHER_TAIL) {
			tell_tail(r, chunk, stream);
		} else if (tell_body(r, chunk, stream) == -1) {
			return -1;
		}
	}
	return chunk->len > before;
}
