/* SPDX-License-Identifier: ISC */
#include "fanout/fields.h"

#include <string.h>

#include "base/mem.h"
#include "base/strv.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * What urlquery made of a text, undone: %XX is a byte, + a blank.  NULL when
 * it is not urlquery's, or has a NUL in it.
 */
static char *
decode(const char *s, size_t len)
{
	MEM_AUTO char *text = mem_zero(len + 1, 1);
	char *to = text, *result;
	int high, low;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '+') {
			*to++ = ' ';
		} else if (s[i] != '%') {
			*to++ = s[i];
		} else {
			high = i + 2 < len ? hex_value(s[i + 1]) : -1;
			low = i + 2 < len ? hex_value(s[i + 2]) : -1;
			if (high == -1 || low == -1)
				return NULL;
			*to++ = (char)(high * 16 + low);
			i += 2;
		}
		if (to[-1] == '\0')
			return NULL;
	}
	result = text;
	text = NULL;
	return result;
}

bool
fields_split(struct strv *to, const char *line, size_t len, size_t count)
{
	const char *end = line + len, *stop;
	char *text;

	while (to->n < count) {
		stop = memchr(line, ' ', (size_t)(end - line));
		if (stop == NULL)
			stop = end;
		text = decode(line, (size_t)(stop - line));
		if (text == NULL)
			return false;
		strv_take(to, text);
		if (stop == end)
			return to->n == count;
		line = stop + 1;
	}
	return false;
}
