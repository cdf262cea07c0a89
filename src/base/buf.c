/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char *
buf_reserve(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1;

	if (want <= more)
		abort();
	if (want > b->room) {
		b->room = want < 64 ? 64 : want + want / 2;
		b->data = mem_grow(b->data, b->room, 1);
	}
	b->data[b->len] = '\0';
	return b->data + b->len;
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *to = buf_reserve(b, len);

	if (len > 0)
		memcpy(to, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_add_byte(struct buf *b, char byte)
{
	buf_add(b, &byte, 1);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	MEM_AUTO char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	buf_add_text(b, text);
}

void
buf_drop(struct buf *b, size_t n)
{
	if (n >= b->len) {
		b->len = 0;
		return;
	}
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}

const char *
buf_text(const struct buf *b)
{
	return b->len > 0 ? b->data : "";
}

char *
buf_steal(struct buf *b)
{
	char *text;

	buf_reserve(b, 0);
	text = b->data;
	memset(b, 0, sizeof(*b));
	return text;
}

void
buf_clear(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
