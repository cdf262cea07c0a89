/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is recorded of a dock. */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "dockerutils/record.h"
#include "fuzz.h"

/* Nothing that a shell, an option or a path could make something of. */
static void
harmless(const char *text)
{
	HOLDS(*text != '\0' && *text != '-');
	HOLDS(strpbrk(text, " \t\r\n$`'\"\\/;&|<>(){}[]*?~#!%=") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct record r = { 0 }, again = { 0 };
	struct buf text = { 0 }, back = { 0 };

	buf_add(&text, data, size);
	if (record_parse(&r, buf_text(&text), "file", &nobody, &e) == 0) {
		HOLDS(e.text == NULL);
		harmless(r.user);
		harmless(r.host);
		harmless(record_name(&r));
		/* What we write is what we read. */
		record_text(&r, &back);
		HOLDS(record_parse(&again, buf_text(&back), "file", &nobody,
		    &e) == 0);
		HOLDS(strcmp(record_name(&r), record_name(&again)) == 0);
		HOLDS(strcmp(r.host, again.host) == 0);
	} else {
		HOLDS(strncmp(e.text, "file", 4) == 0);
	}
	record_clear(&r);
	record_clear(&again);
	buf_clear(&text);
	buf_clear(&back);
	return 0;
}
