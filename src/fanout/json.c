/* SPDX-License-Identifier: ISC */
#include "fanout/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/result.h"

/* A byte takes six at the most: \u001b. */
#define WIDEST	6
#define PORTION	(JSON_CHUNK / 2 / WIDEST)

/* What may follow the first byte C of a character; false: no such character. */
static bool
begin_character(struct json_utf8 *u, unsigned char c)
{
	*u = (struct json_utf8){ .low = 0x80, .high = 0xbf };
	if (c < 0xc2 || c > 0xf4)
		return false;
	u->more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	if (c == 0xe0)
		u->low = 0xa0;		/* else it is overlong */
	else if (c == 0xed)
		u->high = 0x9f;		/* ... a surrogate */
	else if (c == 0xf0)
		u->low = 0x90;		/* ... overlong */
	else if (c == 0xf4)
		u->high = 0x8f;		/* ... above U+10FFFF */
	return true;
}

/* How many of the N BYTES, in steps of eight, are ASCII: most are. */
static size_t
skip_ascii(const char *bytes, size_t n)
{
	uint64_t eight;
	size_t i;

	for (i = 0; i + sizeof(eight) <= n; i += sizeof(eight)) {
		memcpy(&eight, bytes + i, sizeof(eight));
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	return i;
}

bool
json_utf8_check(struct json_utf8 *u, const char *bytes, size_t n)
{
	size_t i = u->more == 0 ? skip_ascii(bytes, n) : 0;

	for (; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (u->more == 0) {
			if (c >= 0x80 && !begin_character(u, c))
				return false;
			continue;
		}
		if (c < u->low || c > u->high)
			return false;
		u->more--;
		u->low = 0x80;
		u->high = 0xbf;
	}
	return true;
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

/* One byte that is not plain, at TO; where the next one goes. */
static char *
put_escaped(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "btn\0fr";	/* from 8 on */

	*to++ = '\\';
	if (c >= 0x20) {
		*to++ = (char)c;
	} else if (c >= 8 && c <= 13 && letters[c - 8] != '\0') {
		*to++ = letters[c - 8];
	} else {
		memcpy(to, "u00", 3);
		to[3] = hex[c >> 4];
		to[4] = hex[c & 15];
		to += 5;
	}
	return to;
}

static void
add_escaped(struct buf *b, const char *bytes, size_t n)
{
	char *from = buf_reserve(b, n * WIDEST), *to = from;

	for (size_t i = 0; i < n; i++)
		if (is_plain((unsigned char)bytes[i]))
			*to++ = bytes[i];
		else
			to = put_escaped(to, (unsigned char)bytes[i]);
	b->len += (size_t)(to - from);
	b->data[b->len] = '\0';
}

void
json_add_string(struct buf *b, const char *text)
{
	MEM_AUTO char *shown = NULL;
	struct json_utf8 u = { 0 };

	if (text == NULL) {
		buf_add_text(b, "null");
		return;
	}
	if (!json_utf8_check(&u, text, strlen(text)) || u.more > 0) {
		shown = text_printable_ascii(text, 0);
		text = shown;
	}
	buf_add_byte(b, '"');
	add_escaped(b, text, strlen(text));
	buf_add_byte(b, '"');
}

/* The lowest 6 * DIGITS bits of BITS, highest first. */
static char *
put_base64(char *to, uint32_t bits, int digits)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	while (digits-- > 0)
		*to++ = alphabet[bits >> (6 * digits) & 63];
	return to;
}

static void
add_base64(struct json *j, struct buf *b, const char *bytes, size_t n)
{
	char *from = buf_reserve(b, n * 2 + 4), *to = from;

	for (size_t i = 0; i < n; i++) {
		j->carry = j->carry << 8 | (unsigned char)bytes[i];
		if (++j->carried < 3)
			continue;
		to = put_base64(to, j->carry, 4);
		j->carried = 0;
		j->carry = 0;
	}
	b->len += (size_t)(to - from);
	b->data[b->len] = '\0';
}

static void
end_base64(struct json *j, struct buf *b)
{
	char digits[4] = "====";

	/* One byte fills 8 of 12 bits, two fill 16 of 18. */
	if (j->carried == 1)
		put_base64(digits, j->carry << 4, 2);
	else if (j->carried == 2)
		put_base64(digits, j->carry << 2, 3);
	if (j->carried > 0)
		buf_add(b, digits, sizeof(digits));
}

static void
add_time(struct buf *b, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_addf(b, "\"%s.%03dZ\"", text, (int)(ms % 1000));
}

static void
add_times(struct buf *b, const struct result *r)
{
	buf_add_text(b, ", \"start\": ");
	/* One that cannot be reached counts as started, but has no time. */
	if (!r->started || r->start == 0) {
		buf_add_text(b, "null, \"seconds\": null");
	} else {
		add_time(b, r->start);
		buf_addf(b, ", \"seconds\": %jd.%03d",
		    (intmax_t)(r->elapsed / 1000), (int)(r->elapsed % 1000));
	}
	if (r->started)
		buf_addf(b, ", \"status\": %d", result_status(r));
	else
		buf_add_text(b, ", \"status\": null");
}

static void
add_signal(struct buf *b, const struct result *r)
{
	int signo = r->started && r->outcome.kind == OUTCOME_SIGNAL ?
	    r->outcome.value : 0;

	buf_add_text(b, ", \"signal\": ");
	if (signo != 0 && result_signal_name(signo) == NULL)
		buf_addf(b, "%d", signo);
	else
		json_add_string(b,
		    signo != 0 ? result_signal_name(signo) : NULL);
}

static void
add_head(struct buf *b, const struct result *r)
{
	MEM_AUTO char *reason = result_reason(r);

	buf_add_text(b, "{\"name\": ");
	json_add_string(b, r->name);
	buf_add_text(b, ", \"id\": ");
	json_add_string(b, r->id);
	buf_add_text(b, ", \"context\": ");
	json_add_string(b, r->context);
	add_times(b, r);
	add_signal(b, r);
	buf_add_text(b, ", \"reason\": ");
	json_add_string(b, reason);
}

void
json_start(struct json *j, const struct result *r)
{
	*j = (struct json){ .result = r, .phase = JSON_HEAD };
}

/* From the beginning of the stream under way. */
static void
read_stream(struct json *j, enum json_phase phase)
{
	spool_cursor_clear(&j->cursor);
	spool_read(&j->cursor, j->result->spool, j->stream);
	j->left = 0;
	j->phase = phase;
}

/* On to the next stream, if there is one: its key, and a look at it. */
static void
next_stream(struct json *j, struct buf *b)
{
	while (j->stream != RESULT_STDERR) {
		j->stream = j->stream == 0 ? RESULT_STDOUT : RESULT_STDERR;
		buf_add_text(b, j->stream == RESULT_STDOUT ?
		    ", \"stdout\": " : ", \"stderr\": ");
		if (j->result->spool != NULL) {
			j->utf8 = (struct json_utf8){ 0 };
			read_stream(j, JSON_CHECK);
			return;
		}
		buf_add_text(b, "null");
	}
	buf_add_text(b, "}\n");
	j->phase = JSON_END;
}

/* Let `left` be more than 0.  Returns as spool_next(). */
static ssize_t
fill(struct json *j)
{
	ssize_t n = (ssize_t)j->left;
	int stream;

	if (n == 0)
		n = spool_next(&j->cursor, &j->bytes, &stream);
	if (n > 0)
		j->left = (size_t)n;
	return n;
}

static int
check(struct json *j, struct buf *b)
{
	bool valid = true;
	size_t looked = 0;
	ssize_t n = 0;

	while (looked < JSON_CHUNK && valid && (n = fill(j)) > 0) {
		valid = json_utf8_check(&j->utf8, j->bytes, j->left);
		looked += j->left;
		j->left = 0;
	}
	if (n == -1)
		return -1;
	if (valid && n > 0)
		return 1;
	valid = valid && j->utf8.more == 0;
	buf_add_text(b, valid ? "\"" : "{\"base64\": \"");
	j->carried = 0;
	j->carry = 0;
	read_stream(j, valid ? JSON_TEXT : JSON_BASE64);
	return 1;
}

static void
take(struct json *j, struct buf *b)
{
	size_t n = j->left < PORTION ? j->left : PORTION;

	if (j->phase == JSON_TEXT)
		add_escaped(b, j->bytes, n);
	else
		add_base64(j, b, j->bytes, n);
	j->bytes += n;
	j->left -= n;
}

/* Half a chunk is enough: what one portion makes of itself finds room then. */
static int
copy(struct json *j, struct buf *b)
{
	size_t enough = b->len + JSON_CHUNK / 2;
	ssize_t n = 1;

	while (b->len < enough && (n = fill(j)) > 0)
		take(j, b);
	if (n != 0)
		return (int)(n > 0 ? 1 : -1);
	if (j->phase == JSON_BASE64) {
		end_base64(j, b);
		buf_add_text(b, "\"}");
	} else {
		buf_add_byte(b, '"');
	}
	next_stream(j, b);
	return j->phase != JSON_END;
}

int
json_next(struct json *j, struct buf *chunk)
{
	switch (j->phase) {
	case JSON_HEAD:
		add_head(chunk, j->result);
		next_stream(j, chunk);
		return j->phase != JSON_END;
	case JSON_CHECK:
		return check(j, chunk);
	case JSON_TEXT:
	case JSON_BASE64:
		return copy(j, chunk);
	default:
		return 0;
	}
}

void
json_clear(struct json *j)
{
	spool_cursor_clear(&j->cursor);
	*j = (struct json){ .phase = JSON_END };
}
