/* SPDX-License-Identifier: ISC */
/*
 * A result as a JSON object on one line (NDJSON), written by ourselves, for a
 * library would want the outputs in memory, and they may be of any size.
 *
 *	name	string, as shown
 *	id	string, or null
 *	context	string, or null for the default one
 *	start	string, RFC 3339 in UTC with ms, or null: not started, or not
 *		even reached
 *	seconds	number with three decimals, or null as start
 *	status	number as shells have it (128+N for signal N), or null: not
 *		started
 *	signal	string ("KILL") where a signal ended it, or its number where it
 *		has no name, or null
 *	reason	string, what went wrong in words, or null: it is ok
 *	stdout	string, where all of it is UTF-8 (RFC 3629: no surrogates, no
 *	stderr	overlong forms); else {"base64": "..."}; null: not kept
 *
 * Whether a stream is UTF-8 is known only at its end, so each is read twice.
 */
#ifndef FANOUT_JSON_H
#define FANOUT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "run/spool.h"

struct buf;
struct result;

#define JSON_CHUNK	(64 * 1024)	/* the most that a step adds */

/* What of a character in UTF-8 is still to come; zeroed: nothing. */
struct json_utf8 {
	int more;			/* bytes, the next one from `low` to */
	unsigned char low, high;	/* `high`, the others any that continue */
};

enum json_phase {
	JSON_HEAD,
	JSON_CHECK,			/* is the stream UTF-8? */
	JSON_TEXT,			/* the stream, as a string */
	JSON_BASE64,			/* ... or not as one */
	JSON_END,
};

struct json {
	const struct result *result;	/* the writer's own, as all below */
	enum json_phase phase;
	int stream;
	struct spool_cursor cursor;
	const char *bytes;		/* read and not yet written */
	size_t left;
	struct json_utf8 utf8;
	uint32_t carry;			/* up to two bytes, for base64 */
	int carried;
};

/* Begin to write RESULT, which is borrowed and over. */
void json_start(struct json *, const struct result *);

/*
 * One step: append the next piece to CHUNK (JSON_CHUNK bytes at the most, and
 * maybe none, while a stream is being checked).  Returns 1 when there is more
 * to come, 0 when the object and its newline are complete, or -1 with errno:
 * the spool cannot be read.
 */
int json_next(struct json *, struct buf *chunk);

/* Harmless when done, or never started. */
void json_clear(struct json *);

/* Append TEXT as a JSON string, NULL as null; what is no UTF-8 as escapes. */
void json_add_string(struct buf *, const char *text);

/*
 * Go on checking with the N BYTES that come next.  false: it is no UTF-8.  At
 * the end `more` is 0 unless a character was cut off.
 */
bool json_utf8_check(struct json_utf8 *, const char *bytes, size_t n);

#endif
