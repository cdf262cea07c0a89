/* SPDX-License-Identifier: ISC */
#include "run/lane.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define CHUNK	(64 * 1024)

/*
 * How long a line may be to be kept in memory, and how long when all lanes of
 * the outlet keep more than KEPT_MOST together.
 */
#define LINE_MOST	(64 * 1024)
#define LINE_LEAST	4096
#define KEPT_MOST	(2 * 1024 * 1024)

/* What is worth holding on to for the next line. */
#define ROOM_KEPT	1024

static void
forget_line(struct lane *l)
{
	l->outlet->kept -= l->line.len;
	l->line.len = 0;
	if (l->line.room > ROOM_KEPT)
		buf_clear(&l->line);
}

static void
forget_spill(struct lane *l)
{
	file_close(&l->spill);
	l->size = l->line_end = l->sent = 0;
	l->delivering = false;
}

static void
forget_all(struct lane *l)
{
	forget_line(l);
	buf_clear(&l->line);
	forget_spill(l);
}

static int
append(struct lane *l, const char *bytes, size_t len)
{
	if (file_write(l->spill, bytes, len) == -1) {
		l->spill_failed = true;
		return -1;
	}
	l->size += (off_t)len;
	return 0;
}

/* The line is too long for memory. */
static int
spill(struct lane *l, const char *bytes, size_t len)
{
	l->spill = file_temporary();
	if (l->spill == -1) {
		l->spill_failed = true;
		return -1;
	}
	if (append(l, l->line.data, l->line.len) == -1)
		return -1;
	forget_line(l);
	return append(l, bytes, len);
}

static int
keep(struct lane *l, const char *bytes, size_t len)
{
	size_t most = l->outlet->kept > KEPT_MOST ? LINE_LEAST : LINE_MOST;

	if (len == 0)
		return 0;
	if (l->line.len + len > most)
		return spill(l, bytes, len);
	buf_add(&l->line, bytes, len);
	l->outlet->kept += len;
	return 0;
}

/* LEN bytes that end with a newline; the first line may have begun earlier. */
static void
give_lines(struct lane *l, const char *bytes, size_t len)
{
	struct buf *to = outlet_give(l->outlet, &l->writer);
	const char *stop = bytes + len, *next;

	buf_add(to, l->prefix, l->prefix_len);
	buf_add(to, l->line.data, l->line.len);
	forget_line(l);
	for (; l->prefix_len > 0; bytes = next) {
		next = memchr(bytes, '\n', (size_t)(stop - bytes));
		if (next == NULL || ++next == stop)
			break;
		buf_add(to, bytes, (size_t)(next - bytes));
		buf_add(to, l->prefix, l->prefix_len);
	}
	buf_add(to, bytes, (size_t)(stop - bytes));
	outlet_given(l->outlet);
}

static int
take_lines(struct lane *l, const char *bytes, size_t len)
{
	const char *last = memrchr(bytes, '\n', len);
	size_t whole = last != NULL ? (size_t)(last + 1 - bytes) : 0;

	if (whole > 0)
		give_lines(l, bytes, whole);
	return keep(l, bytes + whole, len - whole);
}

/* What came in one chunk with the end of the long line. */
static int
take_rest(struct lane *l)
{
	char chunk[CHUNK];
	int fd = l->spill;
	off_t at = l->line_end;
	ssize_t n;
	int rc = 0;

	l->spill = -1;
	forget_spill(l);
	while (rc == 0 && (n = pread(fd, chunk, sizeof(chunk), at)) != 0) {
		rc = n == -1 ? -1 : lane_add(l, chunk, (size_t)n);
		at += n;
	}
	file_close(&fd);
	return rc;
}

/* The next piece of the long line, right into the outlet's memory. */
static int
send_piece(struct lane *l)
{
	struct buf *to = outlet_give(l->outlet, &l->writer);
	off_t left = l->line_end - l->sent;
	size_t len = left < CHUNK ? (size_t)left : CHUNK, begin = to->len;
	ssize_t n;

	if (l->sent == 0)
		buf_add(to, l->prefix, l->prefix_len);
	n = pread(l->spill, buf_reserve(to, len), len, l->sent);
	if (n == 0)
		errno = EIO;
	if (n <= 0) {
		to->len = begin;
		return -1;
	}
	to->len += (size_t)n;
	l->sent += n;
	outlet_given(l->outlet);
	return 0;
}

/*
 * Send as much of the long line as there is room for, with the outlet for
 * ourselves until its end.
 */
static int
deliver(struct lane *l)
{
	if (!outlet_hold(l->outlet, &l->writer)) {
		outlet_wait(l->outlet, &l->writer);
		return 0;
	}
	while (l->sent < l->line_end) {
		if (!outlet_has_room(l->outlet, &l->writer)) {
			outlet_wait(l->outlet, &l->writer);
			return 0;
		}
		if (send_piece(l) == -1) {
			l->spill_failed = true;
			return -1;
		}
	}
	outlet_release(l->outlet, &l->writer);
	return take_rest(l);
}

static int
take_spilling(struct lane *l, const char *bytes, size_t len)
{
	const char *end = memchr(bytes, '\n', len);
	off_t at = l->size;

	if (append(l, bytes, len) == -1)
		return -1;
	if (end == NULL || l->delivering)
		return 0;
	l->line_end = at + (end + 1 - bytes);
	l->delivering = true;
	return deliver(l);
}

int
lane_add(struct lane *l, const char *bytes, size_t len)
{
	if (l->outlet->broken) {
		errno = l->outlet->cause;
		return -1;
	}
	if (l->spill != -1)
		return take_spilling(l, bytes, len);
	if (l->prefix != NULL)
		return take_lines(l, bytes, len);
	buf_add(outlet_give(l->outlet, &l->writer), bytes, len);
	outlet_given(l->outlet);
	return 0;
}

ssize_t
lane_take(struct lane *l, int fd)
{
	char chunk[CHUNK];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n <= 0)
		return n;
	return lane_add(l, chunk, (size_t)n) == -1 ? -1 : n;
}

int
lane_end(struct lane *l)
{
	bool unfinished = l->line.len > 0 || l->spill != -1;

	if (unfinished && !l->delivering && lane_add(l, "\n", 1) == -1)
		return -1;
	return !l->delivering;
}

static void
outlet_ready(void *arg)
{
	struct lane *l = arg;

	if (l->delivering && deliver(l) == -1)
		l->broken(l->arg, errno);
	else if (!l->delivering)
		l->ready(l->arg);
}

static void
outlet_broken(void *arg, int cause)
{
	struct lane *l = arg;

	forget_all(l);
	/* Where nobody gives yet: he will see when he does. */
	if (l->broken != NULL)
		l->broken(l->arg, cause);
}

void
lane_open(struct lane *l, struct outlet *o, const char *prefix)
{
	memset(l, 0, sizeof(*l));
	l->outlet = o;
	l->prefix = prefix;
	l->prefix_len = prefix != NULL ? strlen(prefix) : 0;
	l->spill = -1;
	l->writer = (struct outlet_writer){ .ready = outlet_ready,
	    .broken = outlet_broken, .arg = l };
	outlet_join(o, &l->writer);
}

bool
lane_has_room(const struct lane *l)
{
	return !l->delivering && outlet_has_room(l->outlet, &l->writer);
}

void
lane_wait(struct lane *l)
{
	outlet_wait(l->outlet, &l->writer);
}

void
lane_clear(struct lane *l)
{
	if (l->outlet == NULL)
		return;
	if (l->sent > 0 && l->outlet->holder == &l->writer) {
		buf_add_byte(outlet_give(l->outlet, &l->writer), '\n');
		outlet_given(l->outlet);
	}
	outlet_leave(l->outlet, &l->writer);
	forget_all(l);
	l->outlet = NULL;
}
