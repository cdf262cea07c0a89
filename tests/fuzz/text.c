/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: text made printable and quoted, in a UTF-8 locale as in C.  The
 * first byte gives the limit.
 */
#include <locale.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "fuzz.h"

/* Nothing that a terminal would obey, and no more than the limit allows. */
static void
check_printable(const char *text, size_t limit)
{
	MEM_AUTO char *shown = text_printable(text, limit);
	size_t len = strlen(shown);

	for (const unsigned char *s = (unsigned char *)shown; *s; s++) {
		HOLDS(*s >= ' ' && *s != 0x7f);
		HOLDS(*s < 0x80 || strstr(text, (char[]){ (char)*s, '\0' }));
		/* U+0080 to U+009F are controls too. */
		HOLDS(*s != 0xc2 || s[1] >= 0xa0);
		/* No byte that continues stands without one that begins. */
		HOLDS(s != (unsigned char *)shown || *s < 0x80 || *s >= 0xc2);
	}
	HOLDS(limit == 0 || len <= limit + 4 + 3);
	HOLDS(mbstowcs(NULL, shown, 0) != (size_t)-1);
}

/* What a shell makes of a quoted word, for the two forms that we use. */
static char *
unquote(const char *s)
{
	struct buf b = { 0 };
	bool inside = false;

	for (; *s != '\0'; s++) {
		if (*s == '\'')
			inside = !inside;
		else if (*s == '\\' && !inside)
			buf_add_byte(&b, *++s);
		else
			buf_add_byte(&b, *s);
	}
	HOLDS(!inside);
	return buf_steal(&b);
}

static void
check_quoted(const char *text)
{
	BUF_AUTO struct buf quoted = { 0 };
	MEM_AUTO char *back = NULL;

	text_quote(&quoted, text);
	back = unquote(buf_text(&quoted));
	HOLDS(strcmp(back, text) == 0);
	HOLDS(quoted.len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "web", "db", "my-container",
	    NULL };
	struct buf b = { 0 };
	MEM_AUTO char *text = NULL;
	size_t limit = size > 0 ? data[0] : 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	buf_add(&b, data + (size > 0), size - (size > 0));
	text = buf_steal(&b);
	check_printable(text, limit);
	check_printable(text, 0);
	check_quoted(text);
	text_nearest(text, names);
	if (size < 200)
		HOLDS(text_distance(text, "web") ==
		    text_distance("web", text));
	return 0;
}
