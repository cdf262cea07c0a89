/* SPDX-License-Identifier: ISC */
#include "keeper/carrier.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "run/spawn.h"

#define PIPE_ROOM	(1024 * 1024)
#define SAID_MOST	4096
#define SHOWN		300

/* It would block if nobody read it; the first words are those that count. */
static bool
take(struct carrier *c)
{
	char chunk[1024];
	ssize_t n = read(c->err.fd, chunk, sizeof(chunk));

	if (n > 0 && c->said.len < SAID_MOST)
		buf_add(&c->said, chunk, (size_t)n);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR)) {
		loop_unwatch(c->loop, &c->err);
		file_close(&c->err.fd);
	}
	return n > 0;
}

static void
err_ready(void *arg, short revents)
{
	(void)revents;
	take(arg);
}

static void
changed(void *arg, int wait_status)
{
	struct carrier *c = arg;

	if (WIFSTOPPED(wait_status))
		return;
	c->running = false;
	c->wait_status = wait_status;
	c->ended(c->arg);
}

static void
watch(struct carrier *c, int err)
{
	c->running = true;
	c->child.changed = changed;
	c->child.arg = c;
	c->err = (struct loop_watch){ .fd = err, .events = POLLIN,
	    .ready = err_ready, .arg = c };
	loop_child(c->loop, &c->child);
	loop_watch(c->loop, &c->err);
	/* Where it is not permitted, bulks go in smaller steps. */
	fcntl(c->from, F_SETPIPE_SZ, PIPE_ROOM);
}

int
carrier_start(struct carrier *c, struct loop *loop, const struct strv *argv,
    void (*ended)(void *arg), void *arg, struct error *e)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
	struct spawn s = { .argv = strv_argv(argv), .own_group = true };

	memset(c, 0, sizeof(*c));
	c->child.pid = -1;
	c->err.fd = -1;
	c->loop = loop;
	c->ended = ended;
	c->arg = arg;
	if (file_pipe(in, 1) == -1 || file_pipe(out, 0) == -1 ||
	    file_pipe(err, 0) == -1) {
		error_system(e, "cannot make a pipe");
	} else {
		s.fd[0] = in[0];
		s.fd[1] = out[1];
		s.fd[2] = err[1];
		c->child.pid = spawn_start(&s, e);
	}
	file_close(&in[0]);
	file_close(&out[1]);
	file_close(&err[1]);
	c->to = in[1];
	c->from = out[0];
	if (c->child.pid != -1) {
		watch(c, err[0]);
		return 0;
	}
	file_close(&err[0]);
	carrier_clear(c);
	return -1;
}

char *
carrier_why(struct carrier *c)
{
	MEM_AUTO char *line = NULL, *shown = NULL;
	const char *text;

	while (c->err.fd != -1 && take(c))
		continue;
	text = buf_text(&c->said);
	text += strspn(text, "\r\n");
	line = mem_printf("%.*s", (int)strcspn(text, "\r\n"), text);
	shown = text_printable(line, SHOWN);
	if (*shown != '\0')
		return mem_dup(shown);
	if (c->running)
		return mem_dup("the agent has closed the connection");
	if (WIFSIGNALED(c->wait_status))
		return mem_printf("the docker client was killed (signal %d)",
		    WTERMSIG(c->wait_status));
	return mem_printf("the agent has ended (docker exec: status %d)",
	    WEXITSTATUS(c->wait_status));
}

void
carrier_hang_up(struct carrier *c)
{
	file_close(&c->to);
}

void
carrier_clear(struct carrier *c)
{
	if (c->loop == NULL)
		return;
	loop_unwatch(c->loop, &c->err);
	file_close(&c->err.fd);
	file_close(&c->to);
	file_close(&c->from);
	buf_clear(&c->said);
	if (c->running) {
		loop_forget(c->loop, &c->child);
		kill(-c->child.pid, SIGKILL);
		while (waitpid(c->child.pid, NULL, 0) == -1 && errno == EINTR)
			continue;
	}
	memset(c, 0, sizeof(*c));
	c->to = c->from = c->err.fd = -1;
}
