/* SPDX-License-Identifier: ISC */
#include "fanout/joblog.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/result.h"

#define HEADER	"Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\t" \
		"Signal\tCommand\n"
#define FIELDS	9

enum { SEQ, HOST, START, RUNTIME, SEND, RECEIVE, EXITVAL, SIGNAL, COMMAND };

/* A command as a line has it: parallel(1) has newlines as NUL there. */
static char *
command_text(char *const *argv)
{
	MEM_AUTO char *quoted = text_quote_argv(argv);

	return text_printable(quoted, 0);
}

static int
fail(const struct joblog *log, struct error *e)
{
	MEM_AUTO char *shown = text_printable(log->path, 200);

	return error_system(e, "cannot write job log %s", shown);
}

/* Where the last line of FD, SIZE bytes long, ends; 0: nowhere. -1: errno. */
static off_t
last_line_end(int fd, off_t size)
{
	char block[4096];
	const char *found;
	ssize_t n;
	off_t at;

	while (size > 0) {
		at = (size - 1) / (off_t)sizeof(block) * (off_t)sizeof(block);
		n = pread(fd, block, (size_t)(size - at), at);
		if (n <= 0)
			return -1;
		found = memrchr(block, '\n', (size_t)n);
		if (found != NULL)
			return at + (found - block) + 1;
		size = at;
	}
	return 0;
}

/* Make FD ready for another line: whole lines only, header first. */
static int
prepare(int fd)
{
	struct stat st;
	off_t end = 0;

	if (fstat(fd, &st) == -1)
		return -1;
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		end = last_line_end(fd, st.st_size);
		if (end == -1 || (end < st.st_size && ftruncate(fd, end) == -1))
			return -1;
	}
	return end > 0 ? 0 : file_write(fd, HEADER, strlen(HEADER));
}

int
joblog_open(struct joblog *log, const char *path, bool append,
    char *const *argv, struct error *e)
{
	/* Only a log that is there already has to be read. */
	int flags = append ? O_RDWR : O_WRONLY | O_TRUNC;

	log->path = mem_dup(path);
	log->command = command_text(argv);
	log->fd = open(path, flags | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
	    0666);
	if (log->fd == -1 || prepare(log->fd) == -1)
		return fail(log, e);
	return 0;
}

static void
add_seconds(struct buf *b, int64_t ms, int width)
{
	MEM_AUTO char *text = mem_printf("%jd.%03d", (intmax_t)(ms / 1000),
	    (int)(ms % 1000));

	buf_addf(b, "%*s\t", width, text);
}

/* As parallel(1): what a signal ended has exit value 0, and the signal. */
static void
add_line(struct buf *b, const struct joblog *log, const struct result *r)
{
	MEM_AUTO char *host = text_printable(r->name, 0);
	bool killed = r->outcome.kind == OUTCOME_SIGNAL;

	buf_addf(b, "%zu\t%s\t", r->number > 0 ? r->number : r->index + 1,
	    host);
	add_seconds(b, r->start, 0);
	add_seconds(b, r->elapsed, 10);
	buf_addf(b, "%ju\t%ju\t%d\t%d\t", (uintmax_t)r->sent,
	    (uintmax_t)r->received, killed ? 0 : r->outcome.value,
	    killed ? r->outcome.value : 0);
	buf_add_text(b, log->command);
	buf_add_byte(b, '\n');
}

int
joblog_add(struct joblog *log, const struct result *r, struct error *e)
{
	BUF_AUTO struct buf b = { 0 };
	ssize_t n;

	if (!r->started || log->path == NULL)
		return 0;
	add_line(&b, log, r);
	do
		n = write(log->fd, b.data, b.len);
	while (n == -1 && errno == EINTR);
	if (n == (ssize_t)b.len)
		return 0;
	/* A part of it was written: there was no more room. */
	if (n >= 0)
		errno = ENOSPC;
	return fail(log, e);
}

void
joblog_close(struct joblog *log)
{
	if (log->path != NULL)
		file_close(&log->fd);
	free(log->path);
	free(log->command);
	*log = (struct joblog){ .fd = -1 };
}

/* ---- reading -------------------------------------------------------------- */

struct field {
	const char *text;
	size_t len;
};

/* What one line says of its target. */
struct entry {
	struct field host;
	bool ok;
};

struct entries {
	struct entry *v;
	size_t n, room;
};

/* Cut a line at its tabs; the last field takes what is left. */
static bool
split(const char *line, size_t len, struct field f[FIELDS])
{
	const char *tab;

	for (int i = 0; i < FIELDS; i++) {
		tab = i == COMMAND ? NULL : memchr(line, '\t', len);
		if (tab == NULL && i != COMMAND)
			return false;
		f[i].text = line;
		f[i].len = tab != NULL ? (size_t)(tab - line) : len;
		line += f[i].len + 1;
		len -= tab != NULL ? f[i].len + 1 : 0;
	}
	return true;
}

static bool
is_made_of(const struct field *f, const char *bytes)
{
	for (size_t i = 0; i < f->len; i++)
		if (f->text[i] == '\0' || strchr(bytes, f->text[i]) == NULL)
			return false;
	return f->len > 0;
}

/* An integer with no blanks about it: "0", "-1" of a timeout, "255". */
static bool
is_integer(struct field f)
{
	if (f.len > 1 && f.text[0] == '-') {
		f.text++;
		f.len--;
	}
	return f.len < 20 && is_made_of(&f, "0123456789");
}

static bool
is_nought(const struct field *f)
{
	return is_made_of(f, "0");
}

static bool
is_sound(const struct field f[FIELDS])
{
	return is_integer(f[SEQ]) && f[HOST].len > 0 &&
	    memchr(f[HOST].text, '\0', f[HOST].len) == NULL &&
	    is_made_of(&f[START], " 0123456789.-") &&
	    is_made_of(&f[RUNTIME], " 0123456789.-") &&
	    is_integer(f[SEND]) && is_integer(f[RECEIVE]) &&
	    is_integer(f[EXITVAL]) && is_integer(f[SIGNAL]);
}

static bool
is_header(const char *line, size_t len)
{
	return len == strlen(HEADER) - 1 && memcmp(line, HEADER, len) == 0;
}

static void
add_entry(struct entries *es, const struct field f[FIELDS])
{
	if (es->n == es->room) {
		es->room = es->room > 0 ? es->room * 2 : 64;
		es->v = mem_grow(es->v, es->room, sizeof(*es->v));
	}
	es->v[es->n++] = (struct entry){ .host = f[HOST],
	    .ok = is_nought(&f[EXITVAL]) && is_nought(&f[SIGNAL]) };
}

/* false: the line is none of a job log. */
static bool
take_line(struct entries *es, const char *line, size_t len,
    const char *command)
{
	struct field f[FIELDS];

	/* Logs that were put together have more than one. */
	if (is_header(line, len))
		return true;
	if (!split(line, len, f) || !is_sound(f))
		return false;
	if (f[COMMAND].len == strlen(command) &&
	    memcmp(f[COMMAND].text, command, f[COMMAND].len) == 0)
		add_entry(es, f);
	return true;
}

static int
compare_fields(const struct field *a, const struct field *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = memcmp(a->text, b->text, n);

	return c != 0 ? c : (a->len > b->len) - (a->len < b->len);
}

/* By name, and the lines of one as they stand in the log. */
static int
compare_entries(const void *p, const void *q)
{
	const struct entry *a = p, *b = q;
	int c = compare_fields(&a->host, &b->host);

	return c != 0 ? c : (a->host.text > b->host.text) -
	    (a->host.text < b->host.text);
}

static void
keep_latest(struct joblog_past *past, struct entries *es)
{
	if (es->n > 0)
		qsort(es->v, es->n, sizeof(*es->v), compare_entries);
	for (size_t i = 0; i < es->n; i++) {
		const struct entry *at = &es->v[i];

		if (i + 1 < es->n &&
		    compare_fields(&at->host, &at[1].host) == 0)
			continue;
		if (at->ok)
			strv_pushf(&past->succeeded, "%.*s", (int)at->host.len,
			    at->host.text);
	}
}

static int
read_lines(struct entries *es, const char *text, size_t len,
    const char *command, size_t *line)
{
	const char *end = text + len, *eol;

	for (*line = 1; text < end; text = eol + 1, (*line)++) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (*line == 1 && (eol == NULL ||
		    !is_header(text, (size_t)(eol - text))))
			return -1;
		if (eol == NULL)
			break;
		if (!take_line(es, text, (size_t)(eol - text), command))
			return -1;
	}
	return 0;
}

int
joblog_parse(struct joblog_past *past, const char *text, size_t len,
    const char *path, char *const *argv, struct error *e)
{
	MEM_AUTO char *command = command_text(argv);
	MEM_AUTO char *shown = text_printable(path, 200);
	struct entries es = { 0 };
	size_t line;
	int rc;

	rc = read_lines(&es, text, len, command, &line);
	if (rc == 0)
		keep_latest(past, &es);
	else
		error_set(e, "%s:%zu: not a line of a job log", shown, line);
	free(es.v);
	return rc;
}

int
joblog_read(struct joblog_past *past, const char *path, char *const *argv,
    struct error *e)
{
	BUF_AUTO struct buf b = { 0 };
	MEM_AUTO char *shown = NULL;

	if (file_read(path, JOBLOG_LIMIT, &b) == 0)
		return joblog_parse(past, buf_text(&b), b.len, path, argv, e);
	if (errno == ENOENT)
		return 0;
	shown = text_printable(path, 200);
	return error_system(e, "cannot read job log %s", shown);
}

static int
compare_names(const void *name, const void *element)
{
	return strcmp(name, *(char *const *)element);
}

bool
joblog_succeeded(const struct joblog_past *past, const char *name)
{
	MEM_AUTO char *shown = text_printable(name, 0);

	return past->succeeded.n > 0 && bsearch(shown, past->succeeded.v,
	    past->succeeded.n, sizeof(char *), compare_names) != NULL;
}

void
joblog_past_clear(struct joblog_past *past)
{
	strv_clear(&past->succeeded);
}
