/* SPDX-License-Identifier: ISC */
#include "run/broadcast.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define CHUNK	(64 * 1024)

/* How much of it is read before anybody wants it. */
#define AHEAD	(1024 * 1024)

/*
 * What a pipe with little room takes, so that not much is read in vain, and how
 * many of them one receiver gets before it is the others' turn.
 */
#define PIECE	(16 * 1024)
#define PIECES	4

static bool
is_wanted(const struct broadcast *b)
{
	const struct receiver *r;

	TAILQ_FOREACH(r, &b->receivers, link)
		if (b->size - r->at < AHEAD)
			return true;
	return false;
}

static void
watch_input(struct broadcast *b)
{
	if (!b->ended && !b->broken && is_wanted(b))
		loop_watch(b->loop, &b->in);
	else
		loop_unwatch(b->loop, &b->in);
}

/* With nothing to write, the pipe tells by POLLERR that its reader is gone. */
static void
watch_receiver(struct receiver *r)
{
	r->out.events = r->at < r->broadcast->size ? POLLOUT : 0;
	loop_watch(r->broadcast->loop, &r->out);
}

static void
fail(struct broadcast *b, const char *what)
{
	struct error e = { 0 };

	error_system(&e, "%s", what);
	b->broken = true;
	watch_input(b);
	if (b->failed != NULL)
		b->failed(b->arg, &e);
	error_clear(&e);
}

/* Write the next piece.  Returns how much, 0: gone, or -1: no room. */
static ssize_t
give_piece(struct receiver *r)
{
	char piece[PIECE];
	ssize_t n = pread(r->broadcast->file, piece, sizeof(piece), r->at);

	if (n <= 0) {
		fail(r->broadcast, "cannot read a temporary file");
		return -1;
	}
	n = write(r->out.fd, piece, (size_t)n);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	r->at += n;
	return n;
}

static void
receiver_ready(void *arg, short revents)
{
	struct receiver *r = arg;
	struct broadcast *b = r->broadcast;
	ssize_t n = revents & POLLERR ? 0 : 1;

	for (int i = 0; n > 0 && i < PIECES && r->at < b->size; i++)
		n = give_piece(r);
	if (n == 0 || (r->at == b->size && b->ended)) {
		receiver_clear(r);
		return;
	}
	if (b->broken)
		loop_unwatch(b->loop, &r->out);
	else
		watch_receiver(r);
	watch_input(b);
}

/* There is more, or the end: those who have had everything wait for it. */
static void
tell_receivers(struct broadcast *b)
{
	struct receiver *r, *next;

	for (r = TAILQ_FIRST(&b->receivers); r != NULL; r = next) {
		next = TAILQ_NEXT(r, link);
		if (b->ended && r->at == b->size)
			receiver_clear(r);
		else
			watch_receiver(r);
	}
}

/* A standard input that is closed has an end and no bytes. */
static void
take_end(struct broadcast *b, ssize_t n)
{
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1 && errno != EBADF) {
		fail(b, "cannot read the standard input");
		return;
	}
	b->ended = true;
	tell_receivers(b);
	watch_input(b);
}

static void
input_ready(void *arg, short revents)
{
	struct broadcast *b = arg;
	char chunk[CHUNK];
	ssize_t n = read(b->in.fd, chunk, sizeof(chunk));

	(void)revents;
	if (n <= 0) {
		take_end(b, n);
		return;
	}
	if (file_write(b->file, chunk, (size_t)n) == -1) {
		fail(b, "cannot keep the standard input in a temporary file");
		return;
	}
	b->size += n;
	tell_receivers(b);
	watch_input(b);
}

/* The same file with an offset of its own; -1 where that is not possible. */
static int
open_anew(int fd, off_t begin)
{
	char path[32];
	int own;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_RDONLY | O_CLOEXEC);
	if (own != -1 && lseek(own, begin, SEEK_SET) == -1)
		file_close(&own);
	return own;
}

static bool
can_open_anew(struct broadcast *b)
{
	struct stat st;
	int fd;

	if (fstat(b->input, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	b->begin = lseek(b->input, 0, SEEK_CUR);
	fd = open_anew(b->input, b->begin);
	if (fd == -1)
		b->begin = -1;
	file_close(&fd);
	return b->begin != -1;
}

static int
feed_from_terminal(struct broadcast *b)
{
	int ends[2];

	if (file_pipe(ends, 1) == -1)
		return -1;
	b->in.fd = b->fed = ends[0];
	feed_start(&b->feed, b->loop, b->input, ends[1]);
	return 0;
}

int
broadcast_open(struct broadcast *b, struct loop *loop, int input,
    struct error *e)
{
	memset(b, 0, sizeof(*b));
	TAILQ_INIT(&b->receivers);
	b->loop = loop;
	b->input = input;
	b->begin = b->file = b->fed = -1;
	b->in = (struct loop_watch){ .fd = input, .events = POLLIN,
	    .ready = input_ready, .arg = b };
	if (can_open_anew(b))
		return 0;
	b->file = file_temporary();
	if (b->file == -1) {
		error_system(e, "cannot make a temporary file in %s",
		    file_temporary_directory());
	} else if (isatty(input) && feed_from_terminal(b) == -1) {
		error_system(e, "cannot make a pipe");
	} else
		return 0;
	broadcast_close(b);
	return -1;
}

int
broadcast_join(struct broadcast *b, struct receiver *r, struct error *e)
{
	int ends[2];

	if (b->begin != -1) {
		ends[0] = open_anew(b->input, b->begin);
		if (ends[0] == -1)
			error_system(e, "cannot open the standard input");
		return ends[0];
	}
	if (file_pipe(ends, 1) == -1)
		return error_system(e, "cannot make a pipe");
	r->broadcast = b;
	r->at = 0;
	r->out = (struct loop_watch){ .fd = ends[1], .events = POLLOUT,
	    .ready = receiver_ready, .arg = r };
	TAILQ_INSERT_TAIL(&b->receivers, r, link);
	if (b->ended && b->size == 0)
		receiver_clear(r);
	else if (!b->broken)
		watch_receiver(r);
	watch_input(b);
	return ends[0];
}

void
receiver_clear(struct receiver *r)
{
	struct broadcast *b = r->broadcast;

	if (b == NULL)
		return;
	loop_unwatch(b->loop, &r->out);
	file_close(&r->out.fd);
	TAILQ_REMOVE(&b->receivers, r, link);
	r->broadcast = NULL;
	watch_input(b);
}

void
broadcast_close(struct broadcast *b)
{
	struct receiver *r;

	if (b->loop == NULL)
		return;
	while ((r = TAILQ_FIRST(&b->receivers)) != NULL)
		receiver_clear(r);
	feed_clear(&b->feed);
	loop_unwatch(b->loop, &b->in);
	file_close(&b->fed);
	file_close(&b->file);
	b->loop = NULL;
}
