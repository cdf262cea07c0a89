/* SPDX-License-Identifier: ISC */
/* Fuzz target: lines of docker events. */
#include <string.h>

#include "base/mem.h"
#include "container/events.h"
#include "fuzz.h"

static void
check_line(char *line)
{
	struct event e;

	if (event_parse(&e, line) == -1)
		return;
	HOLDS(e.at >= 0 && e.kind <= EVENT_CHANGE);
	HOLDS(e.id[0] != '\0' && strchr(e.id, ' ') == NULL);
	HOLDS(strchr(e.name, ' ') == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	MEM_AUTO char *text = mem_printf("%.*s", (int)size,
	    size > 0 ? (const char *)data : "");
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		check_line(line);
	return 0;
}
