/* SPDX-License-Identifier: ISC */
/* Fuzz target: the dialect of docker/dockerutils.cfg, and words of its values. */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/say.h"
#include "base/strv.h"
#include "dockerutils/ini.h"
#include "base/words.h"
#include "fuzz.h"

static const struct variable variables[] = { { "user", "u" },
    { "project", "p q" }, { NULL, NULL } };

static void
use_text(const char *text)
{
	const struct replacing ways[] = { { variables, BRACES_LITERAL, true },
	    { variables, BRACES_KNOWN, false },
	    { variables, BRACES_STRICT, false } };

	for (size_t i = 0; i < 3; i++) {
		struct strv argv = { 0 };
		struct buf word = { 0 };
		ERROR_AUTO struct error e = { 0 };

		HOLDS((words_add(&argv, text, &ways[i], &e) == -1) ==
		    (e.text != NULL));
		words_unquote(&word, text, &ways[i], &e);
		strv_clear(&argv);
		buf_clear(&word);
	}
}

static void
use_section(const struct ini *ini, const struct ini_section *s)
{
	const struct say nobody = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		struct buf value = { 0 };
		ERROR_AUTO struct error e = { 0 };

		HOLDS(s->entries[i].raw != NULL && s->entries[i].line > 0);
		HOLDS(ini_entry(ini, s, s->entries[i].key) == &s->entries[i]);
		if (ini_value(ini, s, &s->entries[i], &value, &nobody,
		    &e) == 0)
			use_text(buf_text(&value));
		else
			HOLDS(strncmp(e.text, "file:", 5) == 0);
		buf_clear(&value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ERROR_AUTO struct error e = { 0 };
	struct ini ini = { 0 };

	if (ini_parse(&ini, (const char *)data, size, "file", false,
	    &e) == -1) {
		HOLDS(strncmp(e.text, "file:", 5) == 0);
	} else {
		use_section(&ini, &ini.defaults);
		for (size_t i = 0; i < ini.n; i++) {
			HOLDS(ini_section(&ini, ini.sections[i].name) ==
			    &ini.sections[i]);
			use_section(&ini, &ini.sections[i]);
		}
	}
	ini_clear(&ini);
	return 0;
}
