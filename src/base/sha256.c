/* SPDX-License-Identifier: ISC */
#include "base/sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK	64

/* The letters are those of the standard. */
static const uint32_t k[BLOCK] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static uint32_t
rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void
schedule(uint32_t w[BLOCK], const uint8_t *block)
{
	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 |
		    (uint32_t)block[4 * t + 1] << 16 |
		    (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (size_t t = 16; t < BLOCK; t++) {
		uint32_t x = w[t - 15], y = w[t - 2];

		w[t] = w[t - 16] + w[t - 7] +
		    (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
		    (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
	}
}

static void
add_block(uint32_t hash[8], const uint8_t *block)
{
	uint32_t v[8], w[BLOCK];

	schedule(w, block);
	memcpy(v, hash, sizeof(v));
	for (size_t t = 0; t < BLOCK; t++) {
		uint32_t a = v[0], e = v[4];
		uint32_t one = v[7] + k[t] + w[t] + ((e & v[5]) ^ (~e & v[6])) +
		    (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25));
		uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
		    ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += one;
		v[0] = one + two;
	}
	for (size_t i = 0; i < 8; i++)
		hash[i] += v[i];
}

/* What is left of the message, a one, and its length in bits at the end. */
static void
add_tail(uint32_t hash[8], const uint8_t *tail, size_t left, uint64_t bits)
{
	uint8_t last[2 * BLOCK] = { 0 };
	size_t end = left + 9 <= BLOCK ? BLOCK : sizeof(last);

	if (left > 0)
		memcpy(last, tail, left);
	last[left] = 0x80;
	for (size_t i = 1; i <= 8; i++, bits >>= 8)
		last[end - i] = (uint8_t)bits;
	for (size_t at = 0; at < end; at += BLOCK)
		add_block(hash, last + at);
}

void
sha256_hex(const void *data, size_t len, char hex[SHA256_DIGITS + 1])
{
	uint32_t hash[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const uint8_t *at = data;
	size_t left = len;

	for (; left >= BLOCK; at += BLOCK, left -= BLOCK)
		add_block(hash, at);
	add_tail(hash, at, left, (uint64_t)len * 8);
	for (size_t i = 0; i < 8; i++)
		snprintf(hex + 8 * i, 9, "%08x", hash[i]);
}

bool
sha256_is_digest(const char *text)
{
	size_t prefix = strlen(SHA256_PREFIX);

	return strncmp(text, SHA256_PREFIX, prefix) == 0 &&
	    strspn(text + prefix, "0123456789abcdef") == SHA256_DIGITS &&
	    text[prefix + SHA256_DIGITS] == '\0';
}
