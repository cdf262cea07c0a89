/* SPDX-License-Identifier: ISC */
/* Fuzz target: durations and dates. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "fuzz.h"

#define LONGEST		(INT64_C(100000) * 86400 * 1000)
#define YEARS_10000	(INT64_C(10001) * 366 * 86400 * 1000)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { 0 };
	MEM_AUTO char *text = NULL;
	int64_t ms = -42;

	buf_add(&b, data, size);
	text = buf_steal(&b);
	if (clock_parse(text, &ms) == 0)
		HOLDS(ms >= 0 && ms <= LONGEST);
	else
		HOLDS(ms == -42);
	if (clock_parse_date(text, &ms) == 0)
		HOLDS(ms > -YEARS_10000 && ms < YEARS_10000);
	return 0;
}
