/* SPDX-License-Identifier: ISC */
#include "fanout/halt.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

#define MOST	1000000		/* targets; nobody has as many */

/* What stands behind PREFIX in TEXT, or NULL. */
static const char *
behind(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* "3" or "3%"; strtonum(3) alone would let blanks and signs pass. */
static bool
parse_count(struct halt *h, const char *text)
{
	MEM_AUTO char *digits = mem_dup(text);
	size_t n = strspn(text, "0123456789");
	const char *wrong = NULL;

	h->percent = strcmp(text + n, "%") == 0;
	if (n == 0 || (text[n] != '\0' && !h->percent))
		return false;
	digits[n] = '\0';
	h->fail = (size_t)strtonum(digits, 1, h->percent ? 100 : MOST, &wrong);
	return wrong == NULL;
}

int
halt_parse(struct halt *h, const char *text, struct error *e)
{
	MEM_AUTO char *shown = text_printable(text, 60);
	const char *rest;

	*h = (struct halt){ 0 };
	if (strcmp(text, "never") == 0)
		return 0;
	if ((rest = behind(text, "soon,fail=")) != NULL)
		h->when = HALT_SOON;
	else if ((rest = behind(text, "now,fail=")) != NULL)
		h->when = HALT_NOW;
	if (rest != NULL && parse_count(h, rest))
		return 0;
	*h = (struct halt){ 0 };
	return error_usage(e, "'%s' is no way to halt: never, soon,fail=N, "
	    "now,fail=N, and N from 1 on or 1%% to 100%%", shown);
}

enum halt_when
halt_decide(const struct halt *h, size_t failed, size_t total)
{
	bool enough = h->percent ?
	    (uint64_t)failed * 100 >= (uint64_t)total * h->fail :
	    failed >= h->fail;

	return failed > 0 && enough ? h->when : HALT_NEVER;
}
