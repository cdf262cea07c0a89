/* SPDX-License-Identifier: ISC */
#include "base/strv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
strv_take(struct strv *s, char *word)
{
	if (s->n + 2 > s->room) {
		s->room = s->room ? s->room * 2 : 16;
		s->v = mem_grow(s->v, s->room, sizeof(*s->v));
	}
	s->v[s->n++] = word;
	s->v[s->n] = NULL;
}

void
strv_push(struct strv *s, const char *word)
{
	strv_take(s, mem_dup(word));
}

void
strv_pushf(struct strv *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strv_take(s, mem_vprintf(fmt, ap));
	va_end(ap);
}

void
strv_pushv(struct strv *s, char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		strv_push(s, *words);
}

void
strv_push_option(struct strv *s, const char *option, const char *value)
{
	if (value == NULL)
		return;
	strv_push(s, option);
	strv_push(s, value);
}

char *const *
strv_argv(const struct strv *s)
{
	static char *const empty[] = { NULL };

	return s->v != NULL ? s->v : empty;
}

void
strv_clear(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	memset(s, 0, sizeof(*s));
}
