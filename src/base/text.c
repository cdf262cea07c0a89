/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vis.h>

#include "base/buf.h"
#include "base/mem.h"

/*
 * How many bytes of S are one well-formed UTF-8 character (RFC 3629) that is
 * no C1 control; 0 when they are not.
 */
static size_t
utf8_length(const unsigned char *s)
{
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ||
	    (s[0] == 0xc2 && s[1] < 0xa0))
		return 0;
	return n;
}

static char *
printable(const char *text, size_t limit, bool utf8)
{
	struct buf b = { 0 };
	size_t step;
	char shown[8];

	for (; *text != '\0'; text += step) {
		if (limit > 0 && b.len >= limit) {
			buf_add_text(&b, "...");
			break;
		}
		step = utf8 ? utf8_length((const unsigned char *)text) : 0;
		if (step > 0) {
			buf_add(&b, text, step);
			continue;
		}
		step = 1;
		/* In a UTF-8 locale vis(3) lets these pass. */
		if ((unsigned char)*text >= 0x80) {
			buf_addf(&b, "\\%03o", (unsigned char)*text);
			continue;
		}
		vis(shown, *text, VIS_CSTYLE | VIS_OCTAL | VIS_TAB | VIS_NL,
		    text[1]);
		buf_add_text(&b, shown);
	}
	return buf_steal(&b);
}

char *
text_printable(const char *text, size_t limit)
{
	return printable(text, limit, true);
}

char *
text_printable_ascii(const char *text, size_t limit)
{
	return printable(text, limit, false);
}

static bool
is_plain(const char *word)
{
	return *word != '\0' && word[strspn(word,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "_-+./:,@%=")] == '\0';
}

void
text_quote(struct buf *b, const char *word)
{
	if (is_plain(word)) {
		buf_add_text(b, word);
		return;
	}
	buf_add_byte(b, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_add_text(b, "'\\''");
		else
			buf_add_byte(b, *word);
	}
	buf_add_byte(b, '\'');
}

char *
text_quote_argv(char *const *argv)
{
	struct buf b = { 0 };

	for (size_t i = 0; argv[i] != NULL; i++) {
		if (i > 0)
			buf_add_byte(&b, ' ');
		text_quote(&b, argv[i]);
	}
	return buf_steal(&b);
}

static size_t
smallest(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment over three rows: before, above, here. */
size_t
text_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), cost, result;
	size_t *rows = mem_zero(3 * (lb + 1), sizeof(*rows));
	size_t *before = rows, *above = rows + lb + 1, *here = above + lb + 1;
	size_t *spare;

	for (size_t j = 0; j <= lb; j++)
		above[j] = j;
	for (size_t i = 1; i <= la; i++) {
		here[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			cost = a[i - 1] != b[j - 1];
			here[j] = smallest(above[j] + 1, here[j - 1] + 1,
			    above[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < here[j])
				here[j] = before[j - 2] + 1;
		}
		spare = before;
		before = above;
		above = here;
		here = spare;
	}
	result = above[lb];
	free(rows);
	return result;
}

const char *
text_nearest(const char *word, const char *const *words)
{
	const char *best = NULL;
	size_t length = strlen(word), least = SIZE_MAX, d;

	/* Nobody mistypes a name of such a length; do not pay for it. */
	if (length > 256)
		return NULL;
	for (; *words != NULL; words++) {
		d = text_distance(word, *words);
		if (d < least) {
			least = d;
			best = *words;
		}
	}
	return least <= (length + 2) / 3 && least < length ? best : NULL;
}
