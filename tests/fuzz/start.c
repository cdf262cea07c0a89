/* SPDX-License-Identifier: ISC */
/* Fuzz target: the start of a command, as the agent decodes it. */
#include <errno.h>
#include <string.h>

#include "wire/start.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *again;
	struct start s;
	size_t n;

	if (start_decode(&s, data, size) == -1) {
		HOLDS(errno == EPROTO && s.memory == NULL);
		return 0;
	}
	HOLDS(s.argv[0] != NULL);
	/* All of it was a start, and every byte of that meant something. */
	n = start_size(&s);
	HOLDS(n == size);
	again = malloc(n);
	HOLDS(again != NULL);
	start_encode(&s, again);
	HOLDS(memcmp(again, data, n) == 0);
	free(again);
	start_clear(&s);
	return 0;
}
