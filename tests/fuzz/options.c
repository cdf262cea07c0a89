/* SPDX-License-Identifier: ISC */
/* Fuzz target: dexec's command line, words divided by NUL. */
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/strv.h"
#include "container/plan.h"
#include "dexec/settings.h"
#include "fuzz.h"

static void
add_words(struct strv *words, const char *data, size_t size)
{
	const char *end;

	for (; size > 0; size -= (size_t)(end - data), data = end) {
		strv_pushf(words, "%.*s", (int)size, data);
		end = memchr(data, '\0', size);
		end = end != NULL ? end + 1 : data + size;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings = { 0 };
	struct exec_options options = { 0 };
	struct option_set sets[] = { { settings_rows, &settings, NULL },
	    { many_rows, &settings, NULL },
	    { exec_option_rows, &options }, { 0 } };
	STRV_AUTO struct strv words = { 0 };
	ERROR_AUTO struct error e = { 0 };
	int used;

	add_words(&words, (const char *)data, size);
	used = options_parse(sets, strv_argv(&words), &e);
	if (used == -1)
		HOLDS(e.text != NULL && e.usage && e.status == STATUS_FAILED);
	else
		HOLDS(e.text == NULL && (size_t)used <= words.n);
	/* Behind what was taken stands no option, but for "--". */
	if (used >= 0 && (size_t)used < words.n && (used == 0 ||
	    strcmp(words.v[used - 1], "--") != 0))
		HOLDS(words.v[used][0] != '-' || words.v[used][1] == '\0' ||
		    used > 0);
	HOLDS(settings.color >= COLOR_AUTO && settings.color <= COLOR_NEVER);
	HOLDS(settings.timeout >= 0 && settings.kill_after >= 0);
	exec_options_clear(&options);
	return 0;
}
