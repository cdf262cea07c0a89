/* SPDX-License-Identifier: ISC */
#include "archive/columns.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

#define GAP		2
#define NARROWEST	(GAP + 1)

static size_t
column_width(const struct cell *cells, size_t n)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++)
		if (cells[i].width > width)
			width = cells[i].width;
	return width;
}

/* How many of the N cells the column that begins at FIRST has. */
static size_t
column_height(size_t n, size_t first, size_t rows)
{
	return n - first < rows ? n - first : rows;
}

static size_t
total_width(const struct cell *cells, size_t n, size_t rows)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i += rows)
		total += (i > 0 ? GAP : 0) +
		    column_width(cells + i, column_height(n, i, rows));
	return total;
}

static size_t
fewest_rows(const struct cell *cells, size_t n, size_t width)
{
	size_t columns = width / NARROWEST, rows;

	if (columns > n)
		columns = n;
	for (; columns > 1; columns--) {
		rows = (n + columns - 1) / columns;
		if (total_width(cells, n, rows) < width)
			return rows;
	}
	return n;
}

static void
add_padding(struct buf *b, size_t count)
{
	while (count-- > 0)
		buf_add_byte(b, ' ');
}

/* The cells of one row: CELLS begins with its first one, N are left. */
static void
add_row(struct buf *b, const struct cell *cells, size_t n, size_t rows,
    const size_t *widths)
{
	for (size_t i = 0; i < n; i += rows, widths++) {
		buf_add_text(b, cells[i].text);
		if (i + rows < n)
			add_padding(b, *widths - cells[i].width + GAP);
	}
	buf_add_byte(b, '\n');
}

void
columns_add(struct buf *b, const struct cell *cells, size_t n, size_t width)
{
	size_t rows = fewest_rows(cells, n, width), *widths;

	if (n == 0)
		return;
	widths = mem_zero((n + rows - 1) / rows, sizeof(*widths));
	for (size_t i = 0; i < n; i += rows)
		widths[i / rows] = column_width(cells + i,
		    column_height(n, i, rows));
	for (size_t row = 0; row < rows; row++)
		add_row(b, cells + row, n - row, rows, widths);
	free(widths);
}
