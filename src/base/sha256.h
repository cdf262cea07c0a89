/* SPDX-License-Identifier: ISC */
/* SHA-256 (FIPS 180-4) of bytes that are all there, as docker names things. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#define SHA256_DIGITS	64
#define SHA256_PREFIX	"sha256:"

/* The digest in lower-case digits, with a NUL behind. */
void sha256_hex(const void *data, size_t len, char hex[SHA256_DIGITS + 1]);

/* TEXT is the prefix and such digits. */
bool sha256_is_digest(const char *text);

#endif
