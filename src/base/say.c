/* SPDX-License-Identifier: ISC */
#include "base/say.h"

#include <stdarg.h>

#include "base/mem.h"
#include "base/text.h"

static void __attribute__((format(printf, 2, 0)))
tell(const struct say *s, const char *fmt, va_list ap)
{
	MEM_AUTO char *text = mem_vprintf(fmt, ap);

	s->line(s->arg, text);
}

void
say_warning(const struct say *s, const char *fmt, ...)
{
	va_list ap;

	if (s->line == NULL)
		return;
	va_start(ap, fmt);
	tell(s, fmt, ap);
	va_end(ap);
}

void
say_note(const struct say *s, const char *fmt, ...)
{
	va_list ap;

	if (s->line == NULL || s->quiet)
		return;
	va_start(ap, fmt);
	tell(s, fmt, ap);
	va_end(ap);
}

void
say_command(const struct say *s, char *const *argv)
{
	MEM_AUTO char *quoted = NULL;
	MEM_AUTO char *shown = NULL;

	if (s->line == NULL || !s->verbose)
		return;
	quoted = text_quote_argv(argv);
	shown = text_printable(quoted, 2000);
	s->line(s->arg, shown);
}
