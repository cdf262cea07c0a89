/* SPDX-License-Identifier: ISC */
#include "fanout/summary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/text.h"

#define REASONS		6	/* that are shown, the rest is counted */
#define NAMES_WIDTH	100	/* bytes, of the names of one reason */
#define COUNT_LIMIT	100	/* as parallel(1) has it, for statuses */

/* Those that failed with the same word. */
struct reason {
	char *word;
	char **names;		/* printable */
	size_t n;
};

struct reasons {
	struct reason *v;
	size_t n;
};

static struct reason *
reason_of(struct reasons *rs, const struct result *r)
{
	MEM_AUTO char *word = result_word(r);

	for (size_t i = 0; i < rs->n; i++)
		if (strcmp(rs->v[i].word, word) == 0)
			return &rs->v[i];
	rs->v = mem_grow(rs->v, rs->n + 1, sizeof(*rs->v));
	rs->v[rs->n] = (struct reason){ .word = mem_dup(word) };
	return &rs->v[rs->n++];
}

static void
reasons_add(struct reasons *rs, const struct result *r)
{
	struct reason *reason = reason_of(rs, r);

	reason->names = mem_grow(reason->names, reason->n + 1,
	    sizeof(*reason->names));
	reason->names[reason->n++] = text_printable(r->name, 0);
}

static void
reasons_clear(struct reasons *rs)
{
	for (size_t i = 0; i < rs->n; i++) {
		for (size_t j = 0; j < rs->v[i].n; j++)
			free(rs->v[i].names[j]);
		free(rs->v[i].names);
		free(rs->v[i].word);
	}
	free(rs->v);
	*rs = (struct reasons){ 0 };
}

/* As many names as there is room for, none of them torn. */
static void
add_names(struct buf *b, const struct reason *reason)
{
	char *folded = natural_fold(reason->names, reason->n);
	size_t shown = reason->n;

	while (strlen(folded) > NAMES_WIDTH && shown > 1) {
		shown -= (shown + 3) / 4;
		free(folded);
		folded = natural_fold(reason->names, shown);
	}
	buf_add_text(b, folded);
	if (shown < reason->n)
		buf_addf(b, " and %zu more", reason->n - shown);
	free(folded);
}

static void
add_reasons(struct buf *b, const struct reasons *rs)
{
	size_t more = 0;

	for (size_t i = 0; i < rs->n; i++) {
		if (i >= REASONS) {
			more += rs->v[i].n;
			continue;
		}
		buf_add_text(b, i == 0 ? ": " : ", ");
		add_names(b, &rs->v[i]);
		buf_addf(b, " (%s)", rs->v[i].word);
	}
	if (more > 0)
		buf_addf(b, ", and %zu more", more);
}

static void
add_count(struct buf *b, size_t n, const char *what)
{
	if (n > 0)
		buf_addf(b, "%s%zu %s", b->len > 0 ? ", " : "", n, what);
}

char *
summary_text(const struct result *const *results, size_t n)
{
	size_t ok = 0, failed = 0;
	struct reasons rs = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		ok += result_ok(results[i]);
		if (!result_failed(results[i]))
			continue;
		failed++;
		reasons_add(&rs, results[i]);
	}
	add_count(&b, ok, "ok");
	add_count(&b, failed, "failed");
	add_reasons(&b, &rs);
	add_count(&b, n - ok - failed, "not started");
	if (b.len == 0)
		buf_add_text(&b, "0 ok");
	reasons_clear(&rs);
	return buf_steal(&b);
}

int
exit_policy_parse(enum exit_policy *policy, const char *word, struct error *e)
{
	static const char *const words[] = { "worst", "first", "any", "count" };
	MEM_AUTO char *shown = text_printable(word, 60);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		*policy = (enum exit_policy)i;
		return 0;
	}
	return error_usage(e,
	    "'%s' is none of worst, first, any and count", shown);
}

static int
worst(const struct result *const *results, size_t n)
{
	size_t not_started = 0;
	int highest = 0;

	for (size_t i = 0; i < n; i++) {
		if (!results[i]->started)
			not_started++;
		else if (result_status(results[i]) > highest)
			highest = result_status(results[i]);
	}
	return highest == 0 && not_started > 0 ? STATUS_FAILED : highest;
}

static int
first(const struct result *const *results, size_t n)
{
	size_t rank = SIZE_MAX;
	int status = 0;

	for (size_t i = 0; i < n; i++) {
		if (!result_failed(results[i]) || results[i]->rank >= rank)
			continue;
		rank = results[i]->rank;
		status = result_status(results[i]);
	}
	return status != 0 ? status : worst(results, n);
}

int
exit_policy_status(enum exit_policy policy,
    const struct result *const *results, size_t n)
{
	size_t ok = 0;

	for (size_t i = 0; i < n; i++)
		ok += result_ok(results[i]);
	switch (policy) {
	case EXIT_FIRST:
		return first(results, n);
	case EXIT_ANY:
		return ok > 0 ? 0 : worst(results, n);
	case EXIT_COUNT:
		return n - ok > COUNT_LIMIT ? COUNT_LIMIT + 1 : (int)(n - ok);
	default:
		return worst(results, n);
	}
}
