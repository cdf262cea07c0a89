/* SPDX-License-Identifier: ISC */
#include "container/warm.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/message.h"
#include "wire/passing.h"
#include "wire/start.h"

#define PATIENCE_MS	2000	/* for a keeper that does not even decline */
#define KILLED_BY	128	/* docker's status for signal N: this and N */

/* Whoever listens there runs as we do. */
static bool
is_ours(int fd)
{
	uid_t uid;
	gid_t gid;

	return getpeereid(fd, &uid, &gid) == 0 && uid == geteuid();
}

bool
warm_connect(struct warm *w, const char *socket_path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	memset(w, 0, sizeof(*w));
	w->watch.fd = -1;
	if (strlcpy(at.sun_path, socket_path, sizeof(at.sun_path)) >=
	    sizeof(at.sun_path))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    !is_ours(fd)) {
		close(fd);
		return false;
	}
	w->watch.fd = fd;
	w->connected = true;
	return true;
}

/* The other side has ended it, or has gone. */
static void
end(struct warm *w)
{
	w->over = true;
	w->running = false;
	loop_cancel(w->loop, &w->patience);
	loop_unwatch(w->loop, &w->watch);
	file_close(&w->watch.fd);
}

static void
decline(struct warm *w, const char *why)
{
	end(w);
	w->hooks.declined(w->hooks.arg, why);
}

static void
lose(struct warm *w, const char *why)
{
	if (w->taken) {
		end(w);
		w->hooks.lost(w->hooks.arg, why);
	} else
		decline(w, why);
}

static char *
text_of(const struct frame *f)
{
	MEM_AUTO char *text = mem_printf("%.*s", (int)f->length,
	    (const char *)f->payload);

	return text_printable(text, 500);
}

static void
take_text(struct warm *w, const struct frame *f,
    void (*then)(struct warm *, const char *))
{
	MEM_AUTO char *why = text_of(f);

	then(w, why);
}

static void
take_end(struct warm *w, const struct frame *f)
{
	int status = f->payload[1];

	if (f->payload[0] == WIRE_SIGNALED)
		status += KILLED_BY;
	end(w);
	w->hooks.ended(w->hooks.arg, status);
}

static void
take_refusal(struct warm *w, const struct frame *f)
{
	int code = (int)frame_get32(f->payload);
	MEM_AUTO char *why = mem_printf("the agent has not started it: %s",
	    code == EOPNOTSUPP ? "it cannot do what a docker exec would" :
	    strerror(code));

	decline(w, why);
}

static void
take_sweep(struct warm *w, const struct frame *f)
{
	w->hooks.swept(w->hooks.arg, (int)frame_get32(f->payload),
	    (int)frame_get32(f->payload + 4), f->payload[8] != 0);
}

/* -1: it makes no sense. */
static int
take(struct warm *w, const struct frame *f)
{
	if (f->channel != 0)
		return -1;
	if (f->type == MESSAGE_DECLINED && !w->taken)
		take_text(w, f, decline);
	else if (f->type == MESSAGE_TAKEN && !w->taken) {
		w->taken = true;
		loop_cancel(w->loop, &w->patience);
	} else if (f->type == MESSAGE_LOST && w->taken)
		take_text(w, f, lose);
	else if (f->type == MESSAGE_REFUSED && w->taken && !w->running &&
	    f->length == 4)
		take_refusal(w, f);
	else if (f->type == MESSAGE_STARTED && w->taken && !w->running) {
		w->running = true;
		w->hooks.started(w->hooks.arg);
	} else if (f->type == MESSAGE_SWEPT && w->taken && f->length == 9)
		take_sweep(w, f);
	else if (f->type == MESSAGE_END && w->running && f->length == 2)
		take_end(w, f);
	else
		return -1;
	return 0;
}

static void
take_all(struct warm *w)
{
	struct frame f;
	int rc = 1;

	while (!w->over && (rc = frame_next(&w->reader, &f)) == 1) {
		if (take(w, &f) == -1) {
			rc = -1;
			break;
		}
	}
	if (rc == -1)
		lose(w, "what it says makes no sense");
}

static void
ready(void *arg, short revents)
{
	struct warm *w = arg;
	uint8_t *space;
	size_t room;
	ssize_t n;

	(void)revents;
	space = frame_reader_space(&w->reader, &room);
	n = space != NULL ? recv(w->watch.fd, space, room, MSG_DONTWAIT) : -1;
	if (n > 0) {
		frame_reader_filled(&w->reader, (size_t)n);
		take_all(w);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		lose(w, "its keeper is gone");
}

/*
 * It is stopped, or worse.  From here on it cannot take the call; it may have
 * done so just now.
 */
static void
give_up(void *arg)
{
	struct warm *w = arg;

	shutdown(w->watch.fd, SHUT_RD);
	while (w->watch.fd != -1)
		ready(w, POLLIN);
}

void
warm_call(struct warm *w, struct loop *loop, const char *key,
    const struct start *start, const int pipes[3])
{
	size_t key_length = strlen(key), size = start_size(start);
	struct buf call = { 0 };
	int fds[PASSING_MOST];
	uint8_t *at;
	size_t n = 0;

	for (int i = 0; i < 3; i++)
		if (i != STDIN_FILENO || (start->flags & START_STDIN) != 0)
			fds[n++] = pipes[i];
	at = (uint8_t *)buf_reserve(&call, FRAME_HEADER + 4 + key_length + size);
	frame_header(at, 0, MESSAGE_CALL, (uint32_t)(4 + key_length + size));
	frame_put32(at + FRAME_HEADER, (uint32_t)key_length);
	memcpy(at + FRAME_HEADER + 4, key, key_length);
	start_encode(start, at + FRAME_HEADER + 4 + key_length);
	/* Should it fail, there is an answer to be read, or the end. */
	passing_send(w->watch.fd, at, FRAME_HEADER + 4 + key_length + size,
	    fds, n);
	buf_clear(&call);
	w->loop = loop;
	w->watch.events = POLLIN;
	w->watch.ready = ready;
	w->watch.arg = w;
	w->patience.fire = give_up;
	w->patience.arg = w;
	loop_watch(loop, &w->watch);
	loop_after(loop, &w->patience, PATIENCE_MS);
}

bool
warm_sweep(struct warm *w, int signo, int mode)
{
	uint8_t frame[FRAME_HEADER + 2];

	if (w->loop == NULL || w->over)
		return false;
	frame_header(frame, 0, MESSAGE_SWEEP, 2);
	frame[FRAME_HEADER] = (uint8_t)signo;
	frame[FRAME_HEADER + 1] = (uint8_t)mode;
	return passing_send(w->watch.fd, frame, sizeof(frame), NULL, 0) == 0;
}

void
warm_clear(struct warm *w)
{
	if (!w->connected)
		return;
	if (w->loop != NULL) {
		loop_cancel(w->loop, &w->patience);
		loop_unwatch(w->loop, &w->watch);
	}
	file_close(&w->watch.fd);
	frame_reader_clear(&w->reader);
	memset(w, 0, sizeof(*w));
	w->watch.fd = -1;
}
