/* SPDX-License-Identifier: ISC */
/*
 * What a warm connection needs to know of a command to start it.
 *
 *	u32 flags, u16 rows, u16 columns, u32 words of env, u32 words of argv,
 *	and then strings, each with its NUL: cookie, directory, env, argv
 */
#ifndef WIRE_START_H
#define WIRE_START_H

#include <stddef.h>
#include <stdint.h>

#define START_STDIN	1	/* its stdin is ours; else /dev/null */
#define START_TTY	2	/* a terminal of its own for 0, 1 and 2 */
#define START_DETACH	4	/* nobody waits for it */

/* Strings and arrays are borrowed when encoded, and owned when decoded. */
struct start {
	uint32_t flags;
	uint16_t rows, columns;		/* of the terminal; 0: not known */
	const char *cookie;		/* marks its processes; "": none */
	const char *directory;		/* absolute; "": the connection's own */
	char *const *env;		/* NAME=VALUE, or NAME: without it;
					   changes to the connection's own */
	char *const *argv;		/* at least one word */
	void *memory;			/* the decoded start's own */
};

/* Bytes that it takes. */
size_t start_size(const struct start *);

/* Encode into AT, which has that many. */
void start_encode(const struct start *, uint8_t *at);

/*
 * Decode.  -1 with EPROTO if it is not exactly one start, or ENOMEM; memory in
 * proportion to LEN.  start_clear() when done with it.
 */
int start_decode(struct start *, const uint8_t *bytes, size_t len);
void start_clear(struct start *);

#endif
