/* SPDX-License-Identifier: ISC */
/* Base64, as RFC 4648 section 4 has it. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

struct buf;

void base64_encode(struct buf *, const void *bytes, size_t len);

/*
 * Append what TEXT stands for; blanks and line ends in it do not count.
 * Returns 0, or -1 when it is no base64.
 */
int base64_decode(struct buf *, const char *text, size_t len);

#endif
