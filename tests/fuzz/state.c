/* SPDX-License-Identifier: ISC */
/* Fuzz target: a container's state; the first byte is docker's status. */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "container/state.h"
#include "run/capture.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture c = { .wait_status = size > 0 ? data[0] << 8 : 0 };
	MEM_AUTO char *is = NULL;
	struct state s;

	buf_add(&c.out, data + (size > 0), size - (size > 0));
	buf_add(&c.err, data + (size > 0), size - (size > 0));
	state_read(&s, &c);
	HOLDS(memchr(s.word, '\0', sizeof(s.word)) != NULL);
	HOLDS(c.wait_status == 0 || s.kind == STATE_NONE ||
	    s.kind == STATE_UNKNOWN);
	HOLDS(c.wait_status != 0 || s.kind != STATE_NONE);
	is = state_describe(&s);
	HOLDS(is[0] != '\0');
	buf_clear(&c.out);
	buf_clear(&c.err);
	return 0;
}
