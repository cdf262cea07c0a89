/* SPDX-License-Identifier: ISC */
#include "run/capture.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "run/spawn.h"

/* Read what is there; false at the end of the stream. */
static bool
take(struct capture_stream *s)
{
	char chunk[8192];
	ssize_t n;

	while ((n = read(s->watch.fd, chunk, sizeof(chunk))) > 0)
		if (s->text.len < s->capture->most)
			buf_add(&s->text, chunk, (size_t)n);
	return n == -1 && (errno == EAGAIN || errno == EINTR);
}

static void
close_stream(struct capture *c, struct capture_stream *s)
{
	loop_unwatch(c->loop, &s->watch);
	file_close(&s->watch.fd);
}

static void
stream_ready(void *arg, short revents)
{
	struct capture_stream *s = arg;
	struct capture *c = s->capture;

	(void)revents;
	if (!take(s))
		close_stream(c, s);
	if (s == &c->stream[0] && c->enough != NULL &&
	    c->enough(buf_text(&s->text)))
		kill(-c->child.pid, SIGKILL);
}

/* The program's end is the end, whoever else has inherited its output. */
static void
child_changed(void *arg, int wait_status)
{
	struct capture *c = arg;

	if (WIFSTOPPED(wait_status))
		return;
	for (int i = 0; i < 2; i++) {
		if (c->stream[i].watch.fd == -1)
			continue;
		take(&c->stream[i]);
		close_stream(c, &c->stream[i]);
	}
	loop_cancel(c->loop, &c->deadline);
	c->wait_status = wait_status;
	c->out = c->stream[0].text;
	c->err = c->stream[1].text;
	memset(&c->stream[0].text, 0, sizeof(c->stream[0].text));
	memset(&c->stream[1].text, 0, sizeof(c->stream[1].text));
	c->running = false;
	c->done(c->arg);
}

static void
deadline_over(void *arg)
{
	struct capture *c = arg;

	c->timed_out = true;
	kill(-c->child.pid, SIGKILL);
}

static void
watch_stream(struct capture *c, int i, int fd)
{
	struct capture_stream *s = &c->stream[i];

	s->capture = c;
	s->watch = (struct loop_watch){ .fd = fd, .events = POLLIN,
	    .ready = stream_ready, .arg = s };
	loop_watch(c->loop, &s->watch);
}

static int
start(struct capture *c, char *const *argv, const int out[2],
    const int err[2], struct error *e)
{
	struct spawn s = { .argv = argv, .own_group = true,
	    .fd = { SPAWN_NULL, out[1], err[1] } };

	c->child.pid = spawn_start(&s, e);
	if (c->child.pid == -1)
		return -1;
	c->child.changed = child_changed;
	c->child.arg = c;
	c->running = true;
	loop_child(c->loop, &c->child);
	watch_stream(c, 0, out[0]);
	watch_stream(c, 1, err[0]);
	return 0;
}

int
capture_start(struct capture *c, struct loop *loop, char *const *argv,
    int64_t limit, void (*done)(void *arg), void *arg, struct error *e)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int rc;

	capture_clear(c);
	c->loop = loop;
	c->most = CAPTURE_LIMIT;
	c->done = done;
	c->arg = arg;
	if (file_pipe(out, 0) == -1 || file_pipe(err, 0) == -1)
		rc = error_system(e, "cannot make a pipe");
	else
		rc = start(c, argv, out, err, e);
	file_close(&out[1]);
	file_close(&err[1]);
	if (rc == -1) {
		file_close(&out[0]);
		file_close(&err[0]);
		return -1;
	}
	c->deadline.fire = deadline_over;
	c->deadline.arg = c;
	if (limit > 0)
		loop_after(loop, &c->deadline, limit);
	return 0;
}

void
capture_until(struct capture *c, bool (*enough)(const char *out))
{
	c->enough = enough;
}

void
capture_keep(struct capture *c, size_t most)
{
	c->most = most;
}

bool
capture_succeeded(const struct capture *c)
{
	return !c->timed_out && WIFEXITED(c->wait_status) &&
	    WEXITSTATUS(c->wait_status) == 0;
}

void
capture_stop(struct capture *c)
{
	if (!c->running)
		return;
	c->running = false;
	c->wait_status = SIGKILL;
	kill(-c->child.pid, SIGKILL);
	loop_forget(c->loop, &c->child);
	loop_cancel(c->loop, &c->deadline);
	while (waitpid(c->child.pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	for (int i = 0; i < 2; i++) {
		if (c->stream[i].watch.fd != -1)
			close_stream(c, &c->stream[i]);
		buf_clear(&c->stream[i].text);
	}
}

void
capture_clear(struct capture *c)
{
	capture_stop(c);
	buf_clear(&c->out);
	buf_clear(&c->err);
	memset(c, 0, sizeof(*c));
}
