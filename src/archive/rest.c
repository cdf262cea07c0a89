/* SPDX-License-Identifier: ISC */
#include "archive/rest.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "archive/input.h"
#include "archive/output.h"
#include "archive/shared.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sha256.h"

#define BLOCK_SIZE	65536

/* A larger one is no description of a layer. */
#define JSON_MOST	(1 << 20)

#define NAME_MOST	(SHA256_DIGITS + sizeof("/layer.tar"))

struct rest {
	struct input in;
	struct archive *to;
	struct output *out;
	const struct shared *shared;
	bool over;		/* what libarchive still writes is dropped */
	char left[NAME_MOST];	/* the layer.tar to leave out; "": none */
};

static int
fail(int status, const char *why, struct error *err)
{
	error_set(err, "%s", why);
	err->status = status;
	return -1;
}

/*
 * A failure of OUT is for check_write() to see: libarchive would never free what
 * it has here once it has heard of one.
 */
static la_ssize_t
on_write(struct archive *a, void *context, const void *data, size_t len)
{
	struct rest *r = context;

	(void)a;
	if (r->over)
		return -1;
	output_add(r->out, data, len);
	return (la_ssize_t)len;
}

/*
 * DONE, or else it is an entry of which no archive can be made.  When OUT fails,
 * output_finish() will say why.
 */
static int
check_write(const struct rest *r, bool done, struct error *err)
{
	const char *why = archive_error_string(r->to);

	if (r->out->cause != 0)
		return fail(STATUS_FAILED, "cannot write", err);
	if (done)
		return 0;
	return fail(STATUS_BROKEN, why != NULL ? why : "cannot write", err);
}

static int
open_both(struct rest *r, int fd, struct error *err)
{
	r->to = archive_write_new();
	if (r->to == NULL)
		abort();
	if (input_open(&r->in, fd, err) == -1)
		return -1;
	archive_write_set_format_pax_restricted(r->to);
	archive_write_set_bytes_per_block(r->to, BLOCK_SIZE);
	archive_write_set_bytes_in_last_block(r->to, 1);
	return check_write(r, archive_write_open(r->to, r, NULL, on_write,
	    NULL) == ARCHIVE_OK, err);
}

/* SIZE bytes of content go on; up to JSON_MOST of it into COPY as well, if any. */
static int
pass_content(struct rest *r, int64_t size, struct buf *copy, struct error *err)
{
	struct input_piece piece;
	la_ssize_t n;
	int64_t at = 0;
	int rc;

	while ((rc = input_content(&r->in, &piece, err)) == 1) {
		if (piece.offset != at)
			break;
		n = archive_write_data(r->to, piece.data, piece.len);
		if (check_write(r, n == (la_ssize_t)piece.len, err) == -1)
			return -1;
		if (copy != NULL && copy->len + piece.len <= JSON_MOST)
			buf_add(copy, piece.data, piece.len);
		at += (int64_t)piece.len;
	}
	/* docker makes none, and libarchive would write exabytes of zeros. */
	if (rc != -1 && at != size)
		return fail(STATUS_BROKEN,
		    "cannot read the archive: it has holes", err);
	return rc;
}

static int
pass(struct rest *r, struct archive_entry *entry, struct buf *copy,
    struct error *err)
{
	int64_t size = archive_entry_size(entry);
	int rc = archive_write_header(r->to, entry);

	if (check_write(r, rc >= ARCHIVE_WARN, err) == -1)
		return -1;
	return pass_content(r, size, copy, err);
}

/* ID/json, which stands in front of ID/layer.tar. */
static bool
is_json(const char *name)
{
	return strspn(name, "0123456789abcdef") == SHA256_DIGITS &&
	    strcmp(name + SHA256_DIGITS, "/json") == 0;
}

static int
pass_json(struct rest *r, struct archive_entry *entry, const char *name,
    struct error *err)
{
	BUF_AUTO struct buf json = { 0 };
	char id[SHA256_DIGITS + 1] = "";

	memcpy(id, name, SHA256_DIGITS);
	if (pass(r, entry, &json, err) == -1)
		return -1;
	r->left[0] = '\0';
	if (shared_has_directory(r->shared, id, buf_text(&json))) {
		memcpy(r->left, id, SHA256_DIGITS);
		memcpy(r->left + SHA256_DIGITS, "/layer.tar",
		    sizeof("/layer.tar"));
	}
	return 0;
}

static int
take(struct rest *r, struct archive_entry *entry, struct error *err)
{
	const char *name = archive_entry_pathname(entry);
	char copy[NAME_MOST + 1];

	if (name == NULL)
		return fail(STATUS_BROKEN,
		    "cannot read the archive: a name is missing", err);
	if (strcmp(name, r->left) == 0 || shared_has_blob(r->shared, name))
		return 0;
	if (!is_json(name))
		return pass(r, entry, NULL, err);
	memcpy(copy, name, strlen(name) + 1);
	return pass_json(r, entry, copy, err);
}

static int
pass_all(struct rest *r, struct error *err)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = input_next(&r->in, &entry, err)) == 1)
		if (take(r, entry, err) == -1)
			return -1;
	if (rc == -1)
		return -1;
	input_drain(&r->in);
	return check_write(r, archive_write_close(r->to) >= ARCHIVE_WARN, err);
}

/*
 * Between two entries the end would be taken for a good one by some: what
 * stands there now is no header.  Within an entry it is too short anyway.
 */
static void
spoil(struct rest *r)
{
	char block[512];

	memset(block, 0xff, sizeof(block));
	r->over = true;
	archive_write_close(r->to);
	output_add(r->out, block, sizeof(block));
}

int
rest_run(int fd, const struct shared *shared, struct output *out,
    struct error *err)
{
	struct rest r = { .shared = shared, .out = out };
	int rc = open_both(&r, fd, err);

	if (rc == 0)
		rc = pass_all(&r, err);
	if (rc == -1)
		spoil(&r);
	archive_write_free(r.to);
	input_close(&r.in);
	return rc;
}
