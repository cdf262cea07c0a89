/* SPDX-License-Identifier: ISC */
#include "fanout/node.h"

#include <string.h>

#include "base/buf.h"

#define LETTERS_DIGITS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool
node_is_name(const char *name)
{
	return *name != '\0' && strchr("-_.", *name) == NULL &&
	    name[strspn(name, LETTERS_DIGITS "-_.")] == '\0';
}

char *
node_host(const char *template, const char *node)
{
	struct buf b = { 0 };

	for (; *template != '\0'; template++) {
		if (template[0] == '%' && template[1] == 'n') {
			buf_add_text(&b, node);
			template++;
			continue;
		}
		buf_add_byte(&b, *template);
		if (template[0] == '%' && template[1] == '%')
			template++;
	}
	return buf_steal(&b);
}
