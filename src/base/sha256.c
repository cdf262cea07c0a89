/* SPDX-License-Identifier: ISC */
#include "base/sha256.h"

#include <string.h>

bool
sha256_is_digest(const char *text)
{
	size_t prefix = strlen(SHA256_PREFIX);

	return strncmp(text, SHA256_PREFIX, prefix) == 0 &&
	    strspn(text + prefix, "0123456789abcdef") == SHA256_DIGITS &&
	    text[prefix + SHA256_DIGITS] == '\0';
}
