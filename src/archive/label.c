/* SPDX-License-Identifier: ISC */
#include "archive/label.h"

#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/buf.h"

/*
 * Length and width of the character at S of LEFT bytes; a width of -1 is one
 * that cannot be printed, or a byte that is none.
 */
static size_t
next_character(const char *s, size_t left, int *width)
{
	mbstate_t state;
	wchar_t c;
	size_t n;

	memset(&state, 0, sizeof(state));
	n = mbrtowc(&c, s, left, &state);
	*width = -1;
	if (n == 0 || n > left)
		return 1;
	if (iswprint((wint_t)c))
		*width = wcwidth(c);
	return n;
}

void
label_add(struct buf *b, const char *name, bool question)
{
	size_t left = strlen(name), n;
	int width;

	if (!question) {
		buf_add(b, name, left);
		return;
	}
	for (; left > 0; name += n, left -= n) {
		n = next_character(name, left, &width);
		if (width < 0)
			buf_add_byte(b, '?');
		else
			buf_add(b, name, n);
	}
}

size_t
label_width(const char *text)
{
	size_t left = strlen(text), total = 0, n;
	int width;

	for (; left > 0; text += n, left -= n) {
		n = next_character(text, left, &width);
		total += width < 0 ? 1 : (size_t)width;
	}
	return total;
}
