/* SPDX-License-Identifier: ISC */
/* SHA-256 digests, as docker names things by them. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stdbool.h>

#define SHA256_DIGITS	64
#define SHA256_PREFIX	"sha256:"

/* TEXT is the prefix and such digits, in lower case. */
bool sha256_is_digest(const char *text);

#endif
