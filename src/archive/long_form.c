/* SPDX-License-Identifier: ISC */
#include "archive/long_form.h"

#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/label.h"
#include "archive/tree.h"
#include "base/buf.h"

/* Half a mean Gregorian year of 365.2425 days, as GNU ls has it. */
#define SIX_MONTHS	(31556952 / 2)

void
long_form_add_size(struct buf *b, int64_t size, bool human)
{
	static const char units[] = "KMGTPE";
	uint64_t unit = 1024, n = size < 0 ? 0 : (uint64_t)size, tenths;
	const char *letter = units;

	if (!human || n < unit) {
		buf_addf(b, "%" PRId64, size);
		return;
	}
	/* Rounding up may reach the next unit: 1023.5K is 1.0M. */
	while (letter[1] != '\0' && n > 1023 * unit) {
		unit *= 1024;
		letter++;
	}
	tenths = n / unit * 10 + (n % unit * 10 + unit - 1) / unit;
	if (tenths < 100)
		buf_addf(b, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10,
		    tenths % 10, *letter);
	else
		buf_addf(b, "%" PRIu64 "%c", n / unit + (n % unit != 0),
		    *letter);
}

void
long_form_add_date(struct buf *b, time_t when, time_t now)
{
	bool recent = when <= now && when > now - SIX_MONTHS;
	struct tm tm;
	char text[64];

	if (localtime_r(&when, &tm) == NULL) {
		/* a year that does not fit an int */
		buf_addf(b, "%" PRId64, (int64_t)when);
		return;
	}
	(void)strftime(text, sizeof(text),
	    recent ? "%b %e %H:%M" : "%b %e  %Y", &tm);
	buf_add_text(b, text);
}

static void
add_owner(struct buf *b, const struct long_form *form, const char *name,
    int64_t id)
{
	if (form->numeric || name == NULL || *name == '\0')
		buf_addf(b, "%" PRId64, id);
	else
		label_add(b, name, form->question);
}

static bool
is_device(const struct node *node)
{
	return S_ISCHR(node->mode) || S_ISBLK(node->mode);
}

static void
add_size(struct buf *b, const struct long_form *form, const struct node *node)
{
	if (is_device(node))
		buf_addf(b, "%u, %*u", node->major, (int)form->minor_width,
		    node->minor);
	else if (node->size_unknown)
		buf_add_byte(b, '?');
	else
		long_form_add_size(b, node->size, form->human);
}

static void
add_cell(struct buf *b, const struct long_form *form, const struct node *node,
    int cell)
{
	if (node->unknown) {
		buf_add_byte(b, '?');
		return;
	}
	switch (cell) {
	case LONG_LINKS:
		buf_add_byte(b, '1');
		break;
	case LONG_USER:
		add_owner(b, form, node->user, node->uid);
		break;
	case LONG_GROUP:
		add_owner(b, form, node->group, node->gid);
		break;
	case LONG_SIZE:
		add_size(b, form, node);
		break;
	case LONG_DATE:
		long_form_add_date(b, node->mtime, form->now);
		break;
	}
}

static void
widen(size_t *width, size_t needed)
{
	if (needed > *width)
		*width = needed;
}

/* "MAJOR, MINOR", in two columns of their own within that of the size. */
static void
measure_device(struct long_form *form, const struct node *node)
{
	widen(&form->major_width, (size_t)snprintf(NULL, 0, "%u",
	    node->major));
	widen(&form->minor_width, (size_t)snprintf(NULL, 0, "%u",
	    node->minor));
	widen(&form->widths[LONG_SIZE],
	    form->major_width + 2 + form->minor_width);
}

void
long_form_measure(struct long_form *form, const struct node *node)
{
	BUF_AUTO struct buf b = { 0 };

	if (is_device(node))
		measure_device(form, node);
	for (int cell = 0; cell < LONG_CELLS; cell++) {
		buf_drop(&b, b.len);
		add_cell(&b, form, node, cell);
		widen(&form->widths[cell], label_width(buf_text(&b)));
	}
}

/* Names stand left in their column, everything else right. */
static bool
is_left(const struct long_form *form, const struct node *node, int cell)
{
	const char *name;

	if (form->numeric || node->unknown)
		return false;
	name = cell == LONG_USER ? node->user :
	    cell == LONG_GROUP ? node->group : NULL;
	return name != NULL && *name != '\0';
}

static void
add_mode(struct buf *b, const struct node *node)
{
	char mode[12];

	strmode(node->mode, mode);
	/* strmode(3) leaves room for a mark that there are further rights. */
	mode[10] = '\0';
	if (node->unknown)
		memset(mode + 1, '?', 9);
	buf_add_text(b, mode);
}

void
long_form_add(struct buf *b, const struct long_form *form,
    const struct node *node)
{
	size_t padding;

	add_mode(b, node);
	buf_add_byte(b, ' ');
	for (int cell = 0; cell < LONG_CELLS; cell++) {
		BUF_AUTO struct buf text = { 0 };

		add_cell(&text, form, node, cell);
		padding = form->widths[cell] -
		    label_width(buf_text(&text));
		if (is_left(form, node, cell))
			buf_addf(b, "%s%*s", buf_text(&text), (int)padding, "");
		else
			buf_addf(b, "%*s%s", (int)padding, "", buf_text(&text));
		buf_add_byte(b, ' ');
	}
}
