/* SPDX-License-Identifier: ISC */
/* Fuzz target: a job log that somebody else wrote. */
#include <string.h>

#include "base/error.h"
#include "fanout/joblog.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char word[] = "true", *argv[] = { word, NULL };
	ERROR_AUTO struct error e = { 0 };
	struct joblog_past past = { 0 };
	const struct strv *names = &past.succeeded;
	int rc = joblog_parse(&past, (const char *)data, size, "log", argv,
	    &e);

	HOLDS(rc == 0 || names->n == 0);
	HOLDS((rc == -1) == (e.text != NULL));
	HOLDS(rc == 0 || strncmp(e.text, "log:", 4) == 0);
	for (size_t i = 0; i < names->n; i++) {
		HOLDS(names->v[i][0] != '\0');
		HOLDS(i == 0 || strcmp(names->v[i - 1], names->v[i]) < 0);
	}
	joblog_past_clear(&past);
	return 0;
}
