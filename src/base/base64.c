/* SPDX-License-Identifier: ISC */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(struct buf *b, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint32_t group;
	size_t n;
	char digit;

	for (; len > 0; at += n, len -= n) {
		n = len < 3 ? len : 3;
		group = (uint32_t)at[0] << 16 |
		    (n > 1 ? (uint32_t)at[1] << 8 : 0) | (n > 2 ? at[2] : 0);
		for (size_t i = 0; i < 4; i++) {
			digit = digits[group >> (18 - 6 * i) & 63];
			if (i > n)
				digit = '=';
			buf_add_byte(b, digit);
		}
	}
}

int
base64_decode(struct buf *b, const char *text, size_t len)
{
	uint32_t group = 0;
	size_t n = 0, padding = 0;
	const char *digit;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\0' && strchr(" \t\r\n", text[i]) != NULL)
			continue;
		digit = memchr(digits, text[i], 64);
		if (text[i] == '=')
			padding++;
		else if (digit == NULL || padding > 0)
			return -1;
		group = group << 6 |
		    (digit != NULL ? (uint32_t)(digit - digits) : 0);
		if (++n % 4 != 0)
			continue;
		if (padding > 2)
			return -1;
		for (size_t k = 0; k < 3 - padding; k++)
			buf_add_byte(b, (char)(group >> (16 - 8 * k) & 255));
		group = 0;
	}
	return n % 4 == 0 ? 0 : -1;
}
