/* SPDX-License-Identifier: ISC */
/* Fuzz target: a configuration file. */
#include <string.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/error.h"
#include "base/mem.h"
#include "dexec/settings.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings = { 0 };
	struct option_set sets[] = { { settings_rows, &settings,
	    &settings.groups }, { many_rows, &settings, NULL }, { 0 } };
	struct buf content = { 0 };
	ERROR_AUTO struct error e = { 0 };
	MEM_AUTO char *text = NULL;
	int rc;

	buf_add(&content, data, size);
	text = buf_steal(&content);
	rc = config_parse(text, "file", sets, &e);
	HOLDS((rc == -1) == (e.text != NULL));
	HOLDS(rc == 0 || strncmp(e.text, "file:", 5) == 0);
	/* These are for the command line alone. */
	HOLDS(!settings.print && !settings.help && !settings.version);
	/* A text is one of the file's own. */
	if (settings.host != NULL)
		HOLDS(settings.host > text &&
		    settings.host <= text + size);
	return 0;
}
