/* SPDX-License-Identifier: ISC */
/*
 * A result as JSON: every key, every byte, in steps that stay small; and what
 * Python's json makes of it, for a reader that is not ours.
 */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fanout/json.h"
#include "fanout/result.h"

static void
write_json(const struct result *r, struct buf *all)
{
	struct json j;
	int rc;

	json_start(&j, r);
	do {
		BUF_AUTO struct buf chunk = { 0 };

		rc = json_next(&j, &chunk);
		assert_true(chunk.len <= JSON_CHUNK);
		buf_add(all, chunk.data, chunk.len);
	} while (rc == 1);
	assert_int_equal(rc, 0);
	assert_int_equal(json_next(&j, all), 0);
	json_clear(&j);
	json_clear(&j);
}

static void
expect(const struct result *r, const char *want)
{
	BUF_AUTO struct buf got = { 0 };

	write_json(r, &got);
	assert_string_equal(buf_text(&got), want);
}

static void
every_key_is_there_whatever_happened(void **state)
{
	struct result r = { .name = "web-1" };

	(void)state;
	expect(&r, "{\"name\": \"web-1\", \"id\": null, \"context\": null, "
	    "\"start\": null, \"seconds\": null, \"status\": null, "
	    "\"signal\": null, \"reason\": \"not started\", "
	    "\"stdout\": null, \"stderr\": null}\n");
	r.started = true;
	r.outcome.value = 125;
	r.outcome.message = mem_dup("far/: no answer");
	expect(&r, "{\"name\": \"web-1\", \"id\": null, \"context\": null, "
	    "\"start\": null, \"seconds\": null, \"status\": 125, "
	    "\"signal\": null, \"reason\": \"far/: no answer\", "
	    "\"stdout\": null, \"stderr\": null}\n");
	outcome_clear(&r.outcome);
	r.outcome.value = 0;
	r.start = 1709210096007;
	r.elapsed = 61042;
	r.id = "0123";
	r.context = "far";
	expect(&r, "{\"name\": \"web-1\", \"id\": \"0123\", "
	    "\"context\": \"far\", \"start\": \"2024-02-29T12:34:56.007Z\", "
	    "\"seconds\": 61.042, \"status\": 0, \"signal\": null, "
	    "\"reason\": null, \"stdout\": null, \"stderr\": null}\n");
	r.outcome.kind = OUTCOME_SIGNAL;
	r.outcome.value = SIGKILL;
	r.context = NULL;
	expect(&r, "{\"name\": \"web-1\", \"id\": \"0123\", "
	    "\"context\": null, \"start\": \"2024-02-29T12:34:56.007Z\", "
	    "\"seconds\": 61.042, \"status\": 137, \"signal\": \"KILL\", "
	    "\"reason\": \"killed by signal 9 (KILL)\", "
	    "\"stdout\": null, \"stderr\": null}\n");
	r.outcome.value = 60;
	{
		BUF_AUTO struct buf got = { 0 };

		write_json(&r, &got);
		assert_non_null(strstr(got.data, "\"signal\": 60,"));
	}
}

static void
a_string_is_escaped_where_it_must_be(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ NULL, "null" },
		{ "", "\"\"" },
		{ "a/b <&> \x7f", "\"a/b <&> \x7f\"" },
		{ "\"\\\b\t\n\f\r", "\"\\\"\\\\\\b\\t\\n\\f\\r\"" },
		{ "\x01\x0b\x1b\x1f", "\"\\u0001\\u000b\\u001b\\u001f\"" },
		{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"" },
		{ "\xf0\x9f\x90\xb3", "\"\xf0\x9f\x90\xb3\"" },
		{ "a\xff", "\"a\\\\377\"" },
		{ "a\xc3", "\"a\\\\303\"" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		BUF_AUTO struct buf b = { 0 };

		json_add_string(&b, rows[i].text);
		wrong += differs_text(rows[i].want, buf_text(&b),
		    rows[i].want);
	}
	assert_int_equal(wrong, 0);
}

/* Whole, and in two pieces at every place: the answer is the same. */
static int
checks(const char *text, size_t n)
{
	int first = -1;

	for (size_t cut = 0; cut <= n; cut++) {
		struct json_utf8 u = { 0 };
		int ok = json_utf8_check(&u, text, cut) &&
		    json_utf8_check(&u, text + cut, n - cut) && u.more == 0;

		if (first == -1)
			first = ok;
		assert_int_equal(ok, first);
	}
	return first;
}

static void
utf8_is_what_the_standard_says(void **state)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "", 1 }, { "a", 1 }, { "\x7f", 1 }, { "\xc2\x80", 1 },
		{ "\xdf\xbf", 1 }, { "\xe0\xa0\x80", 1 },
		{ "\xed\x9f\xbf", 1 }, { "\xee\x80\x80", 1 },
		{ "\xef\xbf\xbf", 1 }, { "\xf0\x90\x80\x80", 1 },
		{ "\xf4\x8f\xbf\xbf", 1 }, { "\xc3\xbc\xe2\x82\xac" "a", 1 },
		/* Bytes that never are, or that cannot begin. */
		{ "\x80", 0 }, { "\xbf", 0 }, { "\xc0\x80", 0 },
		{ "\xc1\xbf", 0 }, { "\xf5\x80\x80\x80", 0 }, { "\xff", 0 },
		/* Overlong, surrogates, too high. */
		{ "\xe0\x9f\xbf", 0 }, { "\xf0\x8f\xbf\xbf", 0 },
		{ "\xed\xa0\x80", 0 }, { "\xed\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		/* Cut off, or with something else within. */
		{ "\xc3", 0 }, { "\xe2\x82", 0 }, { "\xf0\x9f\x90", 0 },
		{ "\xe2\x82" "a", 0 }, { "\xc3\xc3\xbc", 0 },
		{ "\xc3\xbc\xbc", 0 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		wrong += differs(rows[i].text,
		    checks(rows[i].text, strlen(rows[i].text)), rows[i].want);
	assert_int_equal(wrong, 0);
}

/* What follows "stdout": for bytes on stdout, none on stderr. */
static void
expect_stdout(const char *bytes, size_t n, const char *want)
{
	BUF_AUTO struct buf got = { 0 }, line = { 0 };
	struct result r = { .name = "x", .started = true };
	struct spool s;
	const char *at;

	assert_int_equal(spool_open(&s), 0);
	/* Byte by byte, so that nothing may count on whole characters. */
	for (size_t i = 0; i < n; i++)
		spool_add(&s, RESULT_STDOUT, bytes + i, 1);
	r.spool = &s;
	write_json(&r, &got);
	at = strstr(got.data, "\"stdout\": ");
	assert_non_null(at);
	buf_addf(&line, "\"stdout\": %s, \"stderr\": \"\"}\n", want);
	assert_string_equal(at, line.data);
	spool_close(&s);
}

static void
a_stream_is_a_string_or_base64(void **state)
{
	(void)state;
	expect_stdout("", 0, "\"\"");
	expect_stdout("a\0b\n", 4, "\"a\\u0000b\\n\"");
	expect_stdout("\xe2\x82\xac", 3, "\"\xe2\x82\xac\"");
	expect_stdout("\xff", 1, "{\"base64\": \"/w==\"}");
	expect_stdout("a\xff", 2, "{\"base64\": \"Yf8=\"}");
	expect_stdout("ab\xff", 3, "{\"base64\": \"YWL/\"}");
	expect_stdout("abc\xfb", 4, "{\"base64\": \"YWJj+w==\"}");
	/* Fine up to its last character, which is cut off. */
	expect_stdout("a\xe2\x82", 3, "{\"base64\": \"YeKC\"}");
}

static void
a_spool_that_cannot_be_read_is_an_error(void **state)
{
	struct result r = { .name = "x", .started = true };
	BUF_AUTO struct buf b = { 0 };
	struct spool s;
	struct json j;
	int rc;

	(void)state;
	assert_int_equal(spool_open(&s), 0);
	spool_add(&s, RESULT_STDOUT, "hello", 5);
	assert_int_equal(ftruncate(s.fd, 3), 0);
	r.spool = &s;
	json_start(&j, &r);
	while ((rc = json_next(&j, &b)) == 1)
		continue;
	assert_int_equal(rc, -1);
	assert_int_equal(errno, EIO);
	json_clear(&j);
	spool_close(&s);
}

/* ---- another reader ------------------------------------------------------ */

/* Reads lines of JSON, writes both streams of each to OUT as they were. */
#define READER \
	"import base64, json, sys\n" \
	"for line in open(sys.argv[1], 'rb'):\n" \
	"    o = json.loads(line.decode('utf-8'))\n" \
	"    assert list(o) == ['name', 'id', 'context', 'start', 'seconds'," \
	" 'status', 'signal', 'reason', 'stdout', 'stderr']\n" \
	"    for k in ('stdout', 'stderr'):\n" \
	"        v = o[k]\n" \
	"        if isinstance(v, dict):\n" \
	"            v = base64.b64decode(v['base64'], validate=True)\n" \
	"            try:\n" \
	"                v.decode('utf-8')\n" \
	"            except UnicodeDecodeError: pass\n" \
	"            else: sys.exit(k + ' is UTF-8 and was not seen to be')\n" \
	"        else:\n" \
	"            v = v.encode('utf-8')\n" \
	"        sys.stdout.buffer.write(v)\n"

static unsigned
pseudo_random(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

static void
add_hostile(struct buf *b, unsigned *seed, bool text)
{
	static const char *const pieces[] = { "\"", "\\", "\n", "\r\n",
	    "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x90\xb3", "\xef\xbb\xbf",
	    "\xe2\x80\xa8", "\\u0041", "</script>", "\x7f", "\xc2\x85",
	    "\x1b[0m", "\xed\x9f\xbf", "{\"base64\": \"\"}" };
	unsigned n = pseudo_random(seed) % COUNT(pieces);

	if (pseudo_random(seed) % 4 == 0)
		buf_add_byte(b, (char)(pseudo_random(seed) %
		    (text ? 128 : 256)));
	else
		buf_add_text(b, pieces[n]);
}

/* The streams of one spool, text or anything, in pieces of any length. */
static void
fill(struct spool *s, struct buf want[2], size_t size, unsigned *seed)
{
	size_t at[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		bool text = pseudo_random(seed) % 2 == 0;

		while (want[i].len < size)
			add_hostile(&want[i], seed, text);
	}
	while (at[0] < want[0].len || at[1] < want[1].len) {
		int i = (int)(pseudo_random(seed) % 2);
		size_t n = pseudo_random(seed) % 700 + 1;

		n = n < want[i].len - at[i] ? n : want[i].len - at[i];
		spool_add(s, RESULT_STDOUT + i, want[i].data + at[i], n);
		at[i] += n;
	}
}

static void
read_by_python(const char *path, struct buf *got)
{
	MEM_AUTO char *command = mem_printf(
	    "exec /usr/bin/python3 -c \"$READER\" '%s'", path);
	FILE *f;
	size_t n;

	setenv("READER", READER, 1);
	f = popen(command, "r");
	assert_non_null(f);
	while ((n = fread(buf_reserve(got, 65536), 1, 65536, f)) > 0)
		got->len += n;
	assert_int_equal(pclose(f), 0);
}

static void
python_reads_the_same_bytes(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 10, 100, 5461, 65536, 300000,
	    300001, 40, 41, 42, 43, 44, 45, 46 };
	BUF_AUTO struct buf want = { 0 }, got = { 0 }, lines = { 0 };
	char path[] = "/tmp/unit-json.XXXXXX";
	unsigned seed = 20240229;
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct result r = { .name = "web", .started = true };
		struct buf streams[2] = { { 0 }, { 0 } };
		struct spool s;

		assert_int_equal(spool_open(&s), 0);
		fill(&s, streams, sizes[i], &seed);
		r.spool = &s;
		write_json(&r, &lines);
		for (int k = 0; k < 2; k++) {
			buf_add(&want, streams[k].data, streams[k].len);
			buf_clear(&streams[k]);
		}
		spool_close(&s);
	}
	assert_int_equal(write(fd, lines.data, lines.len), lines.len);
	close(fd);
	read_by_python(path, &got);
	unlink(path);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, want.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_there_whatever_happened),
		cmocka_unit_test(a_string_is_escaped_where_it_must_be),
		cmocka_unit_test(utf8_is_what_the_standard_says),
		cmocka_unit_test(a_stream_is_a_string_or_base64),
		cmocka_unit_test(a_spool_that_cannot_be_read_is_an_error),
		cmocka_unit_test(python_reads_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
