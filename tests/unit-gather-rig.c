/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "unit-gather.h"

#include <stdio.h>

#include "base/buf.h"

/* OUT and ERR come in pieces of PIECE bytes, turn by turn. */
static void
spool_both(struct spool *s, const char *out, const char *err, size_t piece)
{
	const char *at[2] = { out, err };

	while (*at[0] != '\0' || *at[1] != '\0') {
		for (int i = 0; i < 2; i++) {
			size_t n = strnlen(at[i], piece);

			spool_add(s, RESULT_STDOUT + i, at[i], n);
			at[i] += n;
		}
	}
}

void
add_in_pieces(struct set *s, int status, const char *out, const char *err,
    size_t piece)
{
	struct result *r = &s->r[s->n];

	snprintf(s->name[s->n], sizeof(s->name[0]), "web-%zu", s->n + 1);
	*r = (struct result){ .name = s->name[s->n], .index = s->n,
	    .started = true, .outcome = { .value = status },
	    .spool = &s->spool[s->n] };
	assert_int_equal(spool_open(&s->spool[s->n]), 0);
	spool_both(&s->spool[s->n], out, err, piece);
	s->n++;
}

void
add(struct set *s, int status, const char *out, const char *err)
{
	add_in_pieces(s, status, out, err, 1000);
}

void
gather_set(struct gather *g, const struct set *s)
{
	for (size_t i = s->n; i > 0; i--)
		assert_int_equal(gather_add(g, &s->r[i - 1]), 0);
	gather_order(g);
}

void
set_clear(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		spool_close(&s->spool[i]);
	s->n = 0;
}

void
tell(const struct gather *g, struct buf *all)
{
	struct gather_reader r;
	int rc, stream;

	gather_read(&r, g);
	for (;;) {
		BUF_AUTO struct buf chunk = { 0 };

		rc = gather_next(&r, &chunk, &stream);
		assert_true(chunk.len <= GATHER_CHUNK);
		if (rc != 1)
			break;
		if (stream == RESULT_STDERR)
			buf_add_byte(all, '{');
		buf_add(all, chunk.data, chunk.len);
		if (stream == RESULT_STDERR)
			buf_add_byte(all, '}');
	}
	assert_int_equal(rc, 0);
	gather_reader_clear(&r);
	gather_reader_clear(&r);
}

void
expect_told(const struct gather *g, const char *want)
{
	BUF_AUTO struct buf got = { 0 };

	tell(g, &got);
	assert_string_equal(buf_text(&got), want);
}
