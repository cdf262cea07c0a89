/* SPDX-License-Identifier: ISC */
/* Fuzz target: the report of a sweep, from a container that may be hostile. */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "container/reap.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { 0 };
	MEM_AUTO char *text = NULL;
	struct reap_report r;
	int rc;

	buf_add(&b, data, size);
	text = buf_steal(&b);
	rc = reap_parse(text, &r);
	HOLDS(rc == 0 || r.words.n == 0);
	if (rc == 0)
		HOLDS(r.uid >= 0 && r.hit >= 0 && r.left >= 0);
	/* They become words of root's command line. */
	for (size_t i = 0; i < r.words.n; i++) {
		const char *word = r.words.v[i];

		HOLDS(*word == '+' || *word == '-');
		HOLDS(word[1] >= '0' && word[1] <= '9');
		HOLDS(strspn(word + 1, "0123456789.") == strlen(word + 1));
	}
	strv_clear(&r.words);
	return 0;
}
