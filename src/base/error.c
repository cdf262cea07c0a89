/* SPDX-License-Identifier: ISC */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void
replace(struct error *e, char *text)
{
	error_clear(e);
	e->text = text;
	e->status = STATUS_FAILED;
}

int
error_set(struct error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	replace(e, mem_vprintf(fmt, ap));
	va_end(ap);
	return -1;
}

int
error_system(struct error *e, const char *fmt, ...)
{
	const char *cause = strerror(errno);
	MEM_AUTO char *what = NULL;
	va_list ap;

	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	replace(e, mem_printf("%s: %s", what, cause));
	return -1;
}

int
error_usage(struct error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	replace(e, mem_vprintf(fmt, ap));
	va_end(ap);
	e->usage = true;
	return -1;
}

int
error_context(struct error *e, const char *fmt, ...)
{
	MEM_AUTO char *context = NULL;
	char *text;
	va_list ap;

	va_start(ap, fmt);
	context = mem_vprintf(fmt, ap);
	va_end(ap);
	text = mem_printf("%s: %s", context, e->text);
	free(e->text);
	e->text = text;
	return -1;
}

void
error_clear(struct error *e)
{
	free(e->text);
	memset(e, 0, sizeof(*e));
}
