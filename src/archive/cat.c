/* SPDX-License-Identifier: ISC */
#include "archive/cat.h"

#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "archive/input.h"
#include "archive/output.h"
#include "base/error.h"

static const char *
why_not(struct archive_entry *entry)
{
	/* Only the pax format gives a hard link its own content. */
	if (archive_entry_hardlink(entry) != NULL &&
	    archive_entry_size(entry) == 0)
		return strerror(ENOENT);
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return NULL;
	case AE_IFDIR:
		return strerror(EISDIR);
	case AE_IFLNK:
		/* docker follows links that lead somewhere */
		return strerror(ENOENT);
	case AE_IFIFO:
		return "is a named pipe, which cannot be read from outside "
		    "the container";
	case AE_IFCHR:
	case AE_IFBLK:
		return "is a device, which cannot be read from outside the "
		    "container";
	default:
		return "is not a regular file";
	}
}

static int
fail(int status, const char *why, struct error *err)
{
	error_set(err, "%s", why);
	err->status = status;
	return -1;
}

/* Pieces come in order and within the size, or the archive is forged. */
static bool
in_place(const struct input_piece *piece, int64_t at, int64_t size)
{
	return piece->offset >= at && piece->offset <= size &&
	    piece->len <= (uint64_t)(size - piece->offset);
}

static int
write_piece(struct output *out, const struct input_piece *piece, int64_t at)
{
	if (output_zeros(out, piece->offset - at) == -1)
		return -1;
	return output_add(out, piece->data, piece->len);
}

/* When OUT fails, output_finish() will say why. */
static int
copy(struct input *in, int64_t size, struct output *out, struct error *err)
{
	struct input_piece piece;
	int64_t at = 0;
	int r;

	while ((r = input_content(in, &piece, err)) == 1) {
		if (!in_place(&piece, at, size))
			return fail(STATUS_BROKEN,
			    "cannot read the archive: pieces overlap", err);
		if (write_piece(out, &piece, at) == -1)
			return fail(STATUS_FAILED, "cannot write", err);
		at = piece.offset + (int64_t)piece.len;
	}
	if (r == 0 && output_zeros(out, size - at) == -1)
		return fail(STATUS_FAILED, "cannot write", err);
	return r;
}

static int
copy_first(struct input *in, struct output *out, struct error *err)
{
	struct archive_entry *entry;
	const char *why;
	int r = input_next(in, &entry, err);

	if (r == -1)
		return -1;
	if (r == 0)
		return fail(STATUS_PATH, "is a socket, which cannot be read "
		    "from outside the container", err);
	why = why_not(entry);
	if (why != NULL)
		return fail(STATUS_PATH, why, err);
	if (copy(in, archive_entry_size(entry), out, err) == -1)
		return -1;
	input_drain(in);
	return 0;
}

int
cat_run(int fd, struct output *out, struct error *err)
{
	struct input in;
	int r = input_open(&in, fd, err);

	if (r == 0)
		r = copy_first(&in, out, err);
	input_close(&in);
	return r;
}
