/* SPDX-License-Identifier: ISC */
#include "container/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "container/launch.h"
#include "run/spawn.h"

/* More room in a pipe lets docker write while we are not scheduled. */
#define PIPE_ROOM	(1024 * 1024)

/*
 * How long bytes may be kept back that read like a message of docker's, and
 * such as only might be one: docker ends right behind its message, while a
 * dialogue with CRs waits for us.
 */
#define PATIENCE_MS		1000
#define SHORT_PATIENCE_MS	100

static void
decide(struct streams *s, const struct plan *p, const struct routes *routes)
{
	const struct exec_options *o = p->options;
	bool tty = o->tty && !o->detach;

	for (int i = 0; i < 3; i++) {
		s->child[i] = SPAWN_NULL;
		s->ours[i] = -1;
		s->to[i] = routes->fd[i];
		s->lane[i] = routes->lane[i];
	}
	s->beside = routes->beside;
	s->direct_err = routes->direct && !routes->buffered;
	s->direct = s->direct_err || (tty && isatty(s->to[STDOUT_FILENO]));
	s->shared = tty && o->interactive && isatty(s->to[STDIN_FILENO]);
	s->buffered = routes->buffered && !s->direct;
	s->spool.fd = -1;
}

static int
make_pipe(struct streams *s, int stream)
{
	int ends[2], keep = stream == STDIN_FILENO ? 1 : 0;

	if (file_pipe(ends, keep) == -1)
		return -1;
#ifdef F_SETPIPE_SZ
	if (stream != STDERR_FILENO && !s->beside)
		fcntl(ends[keep], F_SETPIPE_SZ, PIPE_ROOM);
#endif
	s->ours[stream] = ends[keep];
	s->child[stream] = ends[!keep];
	return 0;
}

static int
open_input(struct streams *s, const struct exec_options *o, bool pipes,
    bool own)
{
	if (!o->interactive || o->detach)
		return 0;
	if (pipes && own) {
		/* It may be gone before the client has begun. */
		s->child[STDIN_FILENO] = fcntl(s->to[STDIN_FILENO],
		    F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		return s->child[STDIN_FILENO] == -1 ? -1 : 0;
	}
	if (pipes || (!s->shared && isatty(s->to[STDIN_FILENO])))
		return make_pipe(s, STDIN_FILENO);
	s->child[STDIN_FILENO] = s->to[STDIN_FILENO];
	return 0;
}

static int
open_output(struct streams *s, int stream, bool direct)
{
	if (!direct)
		return make_pipe(s, stream);
	s->child[stream] = s->to[stream];
	return 0;
}

int
streams_open(struct streams *s, const struct plan *p,
    const struct routes *routes, bool pipes, struct error *e)
{
	int rc;

	memset(s, 0, sizeof(*s));
	decide(s, p, routes);
	if (s->buffered && spool_open(&s->spool) == -1)
		return error_system(e, "cannot make a temporary file in %s",
		    file_temporary_directory());
	rc = open_input(s, p->options, pipes, routes->own_input);
	if (rc == 0)
		rc = open_output(s, STDOUT_FILENO, s->direct);
	if (rc == 0)
		rc = open_output(s, STDERR_FILENO, s->direct_err);
	return rc == 0 ? 0 : error_system(e, "cannot make a pipe");
}

static void
close_child_ends(struct streams *s)
{
	for (int i = 0; i < 3; i++)
		if (s->child[i] != s->to[i])
			file_close(&s->child[i]);
}

static int
hold_stdout(const char *bytes, size_t len)
{
	if (launch_may_be_stdout(bytes, len))
		return PATIENCE_MS;
	return launch_is_line(bytes, len) ? SHORT_PATIENCE_MS : 0;
}

static int
hold_stderr(const char *bytes, size_t len)
{
	return launch_may_be_stderr(bytes, len) ? PATIENCE_MS : 0;
}

static void
carry_output(struct streams *s, struct relay *r, int stream,
    const struct relay_hooks *hooks, int (*hold)(const char *, size_t))
{
	int in = s->ours[stream];

	if (in == -1)
		return;
	s->ours[stream] = -1;
	r->hooks = *hooks;
	r->hooks.hold = hold;
	r->stream = stream;
	if (s->buffered)
		relay_start_spool(r, s->loop, in, &s->spool);
	else if (s->lane[stream] != NULL)
		relay_start_lane(r, s->loop, in, s->lane[stream]);
	else
		relay_start(r, s->loop, in, s->to[stream]);
}

void
streams_carry(struct streams *s, struct loop *loop, bool pure,
    const struct relay_hooks *hooks)
{
	int in = s->ours[STDIN_FILENO];

	s->loop = loop;
	close_child_ends(s);
	s->ours[STDIN_FILENO] = -1;
	if (in != -1)
		feed_start(&s->feed, loop, s->to[STDIN_FILENO], in);
	carry_output(s, &s->out, STDOUT_FILENO, hooks,
	    pure ? NULL : hold_stdout);
	carry_output(s, &s->err, STDERR_FILENO, hooks,
	    pure ? NULL : hold_stderr);
}

void
streams_drain(struct streams *s)
{
	feed_clear(&s->feed);
	relay_drain(&s->out);
	relay_drain(&s->err);
}

bool
streams_ended(const struct streams *s)
{
	return (s->direct || s->out.ended) &&
	    (s->direct_err || s->err.ended);
}

unsigned long
streams_progress(const struct streams *s)
{
	return relay_progress(&s->out) + relay_progress(&s->err);
}

void
streams_abandon(struct streams *s)
{
	relay_abandon(&s->out);
	relay_abandon(&s->err);
}

void
streams_release(struct streams *s)
{
	relay_release(&s->out);
	relay_release(&s->err);
}

void
streams_clear(struct streams *s)
{
	close_child_ends(s);
	for (int i = 0; i < 3; i++)
		file_close(&s->ours[i]);
	feed_clear(&s->feed);
	relay_clear(&s->out);
	relay_clear(&s->err);
	spool_close(&s->spool);
}
