/* SPDX-License-Identifier: ISC */
#include "archive/input.h"

#include <archive.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

#define BLOCK_SIZE	65536

/* The descriptor is inherited and may be non-blocking. */
static ssize_t
read_block(struct input *in)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };
	ssize_t n;

	for (;;) {
		n = read(in->fd, in->block, BLOCK_SIZE);
		if (n > 0)
			in->any = true;
		if (n != -1)
			return n;
		if (errno == EAGAIN)
			poll(&p, 1, -1);
		else if (errno != EINTR)
			break;
	}
	in->failed = true;
	return -1;
}

static ssize_t
on_read(struct archive *a, void *context, const void **block)
{
	struct input *in = context;
	ssize_t n = read_block(in);

	*block = in->block;
	if (n == -1)
		archive_set_error(a, errno, "%s", strerror(errno));
	return n;
}

static int
broken(struct input *in, struct error *err)
{
	const char *cause = archive_error_string(in->archive);
	MEM_AUTO char *shown = NULL;

	shown = text_printable(cause != NULL ? cause : "damaged", 256);
	error_set(err, "cannot read the archive: %s", shown);
	err->status = STATUS_BROKEN;
	return -1;
}

int
input_open(struct input *in, int fd, struct error *err)
{
	memset(in, 0, sizeof(*in));
	in->fd = fd;
	in->block = mem_grow(NULL, BLOCK_SIZE, 1);
	in->archive = archive_read_new();
	if (in->archive == NULL)
		abort();
	if (archive_read_support_format_tar(in->archive) != ARCHIVE_OK)
		return broken(in, err);
	return 0;
}

/* Opening reads the first block, to find out what it is. */
static int
start(struct input *in, struct error *err)
{
	int r = archive_read_open(in->archive, in, NULL, on_read, NULL);

	if (!in->any && !in->failed) {
		error_clear(err);
		err->status = STATUS_NOTHING;
		return -1;
	}
	return r == ARCHIVE_OK ? 0 : broken(in, err);
}

/*
 * An archive that stops between two entries looks to libarchive like one that
 * ends there.  Only a complete one has a block of zeros behind the last entry.
 */
static int
check_end(struct input *in, int64_t before, struct error *err)
{
	if (archive_filter_bytes(in->archive, 0) > before)
		return 0;
	archive_set_error(in->archive, EIO, "it ends too early");
	return broken(in, err);
}

int
input_next(struct input *in, struct archive_entry **entry, struct error *err)
{
	int64_t before;
	int r;

	if (!in->any && start(in, err) == -1)
		return -1;
	if (archive_file_count(in->archive) > 0 &&
	    archive_read_data_skip(in->archive) < ARCHIVE_WARN)
		return broken(in, err);
	before = archive_filter_bytes(in->archive, 0);
	r = archive_read_next_header(in->archive, entry);
	if (r == ARCHIVE_EOF)
		return check_end(in, before, err);
	return r < ARCHIVE_WARN ? broken(in, err) : 1;
}

int
input_content(struct input *in, struct input_piece *piece, struct error *err)
{
	int r = archive_read_data_block(in->archive, &piece->data, &piece->len,
	    &piece->offset);

	if (r == ARCHIVE_EOF)
		return 0;
	return r < ARCHIVE_WARN ? broken(in, err) : 1;
}

void
input_drain(struct input *in)
{
	while (read_block(in) > 0)
		;
}

void
input_close(struct input *in)
{
	archive_read_free(in->archive);
	free(in->block);
	memset(in, 0, sizeof(*in));
}
