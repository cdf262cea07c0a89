/* SPDX-License-Identifier: ISC */
#include "wire/start.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/frame.h"

#define FIXED	16	/* bytes before the strings */

static size_t
words(char *const *v, size_t *bytes)
{
	size_t n = 0;

	for (; v != NULL && v[n] != NULL; n++)
		*bytes += strlen(v[n]) + 1;
	return n;
}

static uint8_t *
put_text(uint8_t *at, const char *text)
{
	size_t n = strlen(text) + 1;

	memcpy(at, text, n);
	return at + n;
}

size_t
start_size(const struct start *s)
{
	size_t bytes = FIXED + strlen(s->cookie) + 1 + strlen(s->directory) + 1;

	words(s->env, &bytes);
	words(s->argv, &bytes);
	return bytes;
}

void
start_encode(const struct start *s, uint8_t *at)
{
	size_t ignored = 0;
	size_t n_env = words(s->env, &ignored);
	size_t n_argv = words(s->argv, &ignored);

	frame_put32(at, s->flags);
	frame_put16(at + 4, s->rows);
	frame_put16(at + 6, s->columns);
	frame_put32(at + 8, (uint32_t)n_env);
	frame_put32(at + 12, (uint32_t)n_argv);
	at = put_text(at + FIXED, s->cookie);
	at = put_text(at, s->directory);
	for (size_t i = 0; i < n_env; i++)
		at = put_text(at, s->env[i]);
	for (size_t i = 0; i < n_argv; i++)
		at = put_text(at, s->argv[i]);
}

/* The string at *AT, which is moved behind it; NULL: there is none. */
static char *
take_text(char **at, const char *end)
{
	char *text = *at;
	char *nul = memchr(text, '\0', (size_t)(end - text));

	if (nul != NULL)
		*at = nul + 1;
	return nul != NULL ? text : NULL;
}

/* N strings into V, and NULL behind them. */
static int
take_words(char **v, size_t n, char **at, const char *end)
{
	for (size_t i = 0; i < n; i++) {
		v[i] = take_text(at, end);
		if (v[i] == NULL)
			return -1;
	}
	v[n] = NULL;
	return 0;
}

static int
decode(struct start *s, char **v, size_t n_env, size_t n_argv, char *text,
    const char *end)
{
	s->cookie = take_text(&text, end);
	s->directory = s->cookie != NULL ? take_text(&text, end) : NULL;
	s->env = v;
	s->argv = v + n_env + 1;
	if (s->directory == NULL ||
	    take_words(v, n_env, &text, end) == -1 ||
	    take_words(v + n_env + 1, n_argv, &text, end) == -1)
		return -1;
	return text == end ? 0 : -1;
}

int
start_decode(struct start *s, const uint8_t *bytes, size_t len)
{
	size_t n_env, n_argv, pointers;
	char *text;

	memset(s, 0, sizeof(*s));
	if (len < FIXED)
		goto bad;
	s->flags = frame_get32(bytes);
	s->rows = frame_get16(bytes + 4);
	s->columns = frame_get16(bytes + 6);
	n_env = frame_get32(bytes + 8);
	n_argv = frame_get32(bytes + 12);
	/* Each has a byte at least. */
	if (n_argv == 0 || n_env > len || n_argv > len)
		goto bad;
	pointers = (n_env + n_argv + 2) * sizeof(char *);
	s->memory = malloc(pointers + len - FIXED);
	if (s->memory == NULL)
		return -1;
	text = (char *)s->memory + pointers;
	memcpy(text, bytes + FIXED, len - FIXED);
	if (decode(s, s->memory, n_env, n_argv, text, text + len - FIXED) == 0)
		return 0;
	start_clear(s);
bad:
	errno = EPROTO;
	return -1;
}

void
start_clear(struct start *s)
{
	free(s->memory);
	memset(s, 0, sizeof(*s));
}
