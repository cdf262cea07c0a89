/* SPDX-License-Identifier: ISC */
#include "base/natural.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Longer numbers are not counted with, and are text like any other. */
#define MOST_DIGITS	18

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(const char *s)
{
	size_t n = 0;

	while (is_digit(s[n]))
		n++;
	return n;
}

/* Compare the numbers that A and B begin with, and step over both. */
static int
compare_numbers(const char **a, const char **b)
{
	const char *x = *a, *y = *b;
	size_t nx, ny;

	*a += digits(x);
	*b += digits(y);
	while (*x == '0')
		x++;
	while (*y == '0')
		y++;
	nx = digits(x);
	ny = digits(y);
	if (nx != ny)
		return nx < ny ? -1 : 1;
	return memcmp(x, y, nx);
}

int
natural_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;
	int order;

	while (*x != '\0' && *y != '\0') {
		if (is_digit(*x) && is_digit(*y)) {
			order = compare_numbers(&x, &y);
			if (order != 0)
				return order;
			continue;
		}
		if (*x != *y)
			break;
		x++;
		y++;
	}
	if (*x != *y)
		return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
	return strcmp(a, b);
}

/* --- folding */

/* One number in a name: what stands before it, its digits, what is behind. */
struct place {
	size_t before, width;
};

struct names {
	const char **v;		/* in natural order, each once */
	bool *done;
	size_t n;
};

static int
compare_elements(const void *a, const void *b)
{
	return natural_compare(*(const char *const *)a,
	    *(const char *const *)b);
}

/* The next number of NAME behind *P; false when there is none. */
static bool
next_place(const char *name, struct place *p)
{
	size_t at = p->before + p->width;

	do {
		at += strcspn(name + at, "0123456789");
		if (name[at] == '\0')
			return false;
		p->before = at;
		p->width = digits(name + at);
		at += p->width;
	} while (p->width > MOST_DIGITS);
	return true;
}

static bool
is_padded(const char *number, size_t width)
{
	return width > 1 && *number == '0';
}

/*
 * Whether OTHER is NAME but for the number at P.  A number without leading
 * zeros goes with padded ones of its width: 10 follows 09.
 */
static bool
folds_with(const char *name, const struct place *p, const char *other)
{
	const char *number = other + p->before;
	size_t width;

	if (strncmp(name, other, p->before) != 0)
		return false;
	width = digits(number);
	if (width == 0 || width > MOST_DIGITS ||
	    strcmp(name + p->before + p->width, number + width) != 0)
		return false;
	if (is_padded(name + p->before, p->width))
		return width == p->width;
	return !is_padded(number, width);
}

/* How many of the names from FIRST on fold at P of the first one. */
static size_t
count_folding(const struct names *names, size_t first, const struct place *p)
{
	size_t count = 0;

	for (size_t i = first; i < names->n; i++)
		if (!names->done[i] &&
		    folds_with(names->v[first], p, names->v[i]))
			count++;
	return count;
}

static void
add_range(struct buf *out, const char *from, const char *to)
{
	if (out->data[out->len - 1] != '[')
		buf_add_byte(out, ',');
	buf_add(out, from, digits(from));
	if (to == from)
		return;
	buf_add_byte(out, '-');
	buf_add(out, to, digits(to));
}

/* Write names[first] and those that fold with it at P, and be done with them. */
static void
write_folded(struct buf *out, struct names *names, size_t first,
    const struct place *p)
{
	const char *name = names->v[first], *number;
	const char *from = name + p->before, *to = from;

	buf_add(out, name, p->before);
	buf_add_byte(out, '[');
	for (size_t i = first; i < names->n; i++) {
		number = names->v[i] + p->before;
		if (names->done[i] || !folds_with(name, p, names->v[i]))
			continue;
		names->done[i] = true;
		if (i == first)
			continue;
		if (strtoull(number, NULL, 10) !=
		    strtoull(to, NULL, 10) + 1) {
			add_range(out, from, to);
			from = number;
		}
		to = number;
	}
	add_range(out, from, to);
	buf_add_byte(out, ']');
	buf_add_text(out, name + p->before + p->width);
}

/* Write names[first], folded where most other names fold with it. */
static void
write_name(struct buf *out, struct names *names, size_t first)
{
	struct place p = { 0 }, best = { 0 };
	size_t most = 1, count;

	while (next_place(names->v[first], &p)) {
		count = count_folding(names, first, &p);
		/* Of two as good ones the last: it is the running number. */
		if (count > 1 && count >= most) {
			most = count;
			best = p;
		}
	}
	if (most > 1) {
		write_folded(out, names, first, &best);
		return;
	}
	buf_add_text(out, names->v[first]);
	names->done[first] = true;
}

char *
natural_fold(char *const *names, size_t n)
{
	struct names sorted = { mem_zero(n, sizeof(char *)),
	    mem_zero(n, sizeof(bool)), n };
	struct buf out = { 0 };

	for (size_t i = 0; i < n; i++)
		sorted.v[i] = names[i];
	qsort(sorted.v, n, sizeof(*sorted.v), compare_elements);
	for (size_t i = 1; i < n; i++)
		if (strcmp(sorted.v[i - 1], sorted.v[i]) == 0)
			sorted.done[i - 1] = true;
	for (size_t i = 0; i < n; i++) {
		if (sorted.done[i])
			continue;
		if (out.len > 0)
			buf_add_byte(&out, ',');
		write_name(&out, &sorted, i);
	}
	free(sorted.v);
	free(sorted.done);
	return buf_steal(&out);
}
