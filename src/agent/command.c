/* SPDX-License-Identifier: ISC */
#include "agent/command.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/launch.h"
#include "agent/link.h"
#include "agent/pipes.h"
#include "agent/terminal.h"
#include "wire/frame.h"
#include "wire/message.h"

#define ASKED_MOST	1024		/* sweeps that wait for each other */

static struct command *
make(uint32_t channel, const struct start *s)
{
	struct command *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->channel = channel;
	c->terminal = (s->flags & START_TTY) != 0;
	c->birth = procs_now();
	input_open(&c->in, -1, false);
	output_open(&c->out, -1, false);
	output_open(&c->err, -1, false);
	c->cookie = strdup(s->cookie);
	if (c->cookie != NULL)
		return c;
	free(c);
	return NULL;
}

static int
launch(struct launch *l, struct pipes *pipes, const struct command_home *home)
{
	int error;

	l->own_env = home->env;
	l->own_directory = home->directory;
	if (pipes_open(pipes, l->start) == -1)
		return errno;
	memcpy(l->fds, pipes->theirs, sizeof(l->fds));
	error = launch_command(l);
	pipes_close_theirs(pipes);
	if (error != 0)
		pipes_close_ours(pipes);
	return error;
}

int
command_start(struct command **made, uint32_t channel, const struct start *s,
    const struct command_home *home, pid_t *pid)
{
	struct command *c = make(channel, s);
	struct launch l = { .start = s };
	struct pipes pipes;
	int error;

	*made = NULL;
	if (c == NULL)
		return ENOMEM;
	error = launch(&l, &pipes, home);
	*pid = c->pid = l.pid;
	if (error != 0 || (s->flags & START_DETACH)) {
		command_free(c);
		return error;
	}
	input_open(&c->in, pipes.ours[0], c->terminal);
	output_open(&c->out, pipes.ours[1], c->terminal);
	output_open(&c->err, pipes.ours[2], false);
	*made = c;
	return 0;
}

void
command_ended(struct command *c, int wait_status)
{
	c->dead = true;
	c->wait_status = wait_status;
	input_close(&c->in);
	output_settle(&c->out);
	output_settle(&c->err);
}

/* Write what waits for it, and say what came of that. */
static void
feed(struct command *c, struct link *l)
{
	uint8_t payload[5] = { 0 };
	uint32_t n;

	if (input_write(&c->in) == -1) {
		link_put_later(l, LINK_LONG, c->channel,
		    MESSAGE_STDIN_CLOSED, NULL, 0);
		return;
	}
	n = input_credit(&c->in);
	if (n == 0)
		return;
	frame_put32(payload + 1, n);
	link_put(l, c->channel, MESSAGE_CREDIT, payload, sizeof(payload));
}

int
command_stdin(struct command *c, struct link *l, const uint8_t *bytes, size_t n)
{
	if (c->forgotten)
		return 0;
	if (input_add(&c->in, bytes, n) == -1)
		return -1;
	if (c->in.fd != -1)
		feed(c, l);
	return 0;
}

static int
refuse_frame(void)
{
	errno = EPROTO;
	return -1;
}

int
command_credit(struct command *c, const uint8_t *payload, size_t n)
{
	if (n != 5 || payload[0] < 1 || payload[0] > 2)
		return refuse_frame();
	output_credit(payload[0] == 1 ? &c->out : &c->err,
	    frame_get32(payload + 1));
	return 0;
}

int
command_winsize(struct command *c, const uint8_t *payload, size_t n)
{
	if (n != 4)
		return refuse_frame();
	if (c->terminal && c->out.fd != -1)
		terminal_resize(c->out.fd, frame_get16(payload),
		    frame_get16(payload + 2));
	return 0;
}

int
command_ask_sweep(struct command *c, const uint8_t *payload, size_t n)
{
	struct asked *asked;

	if (n != 2 || payload[0] < 1 || payload[0] >= NSIG ||
	    payload[1] > WIRE_FINISH || c->n_asked == ASKED_MOST)
		return refuse_frame();
	if (c->forgotten)
		return 0;
	asked = realloc(c->asked, (c->n_asked + 1) * sizeof(*asked));
	if (asked == NULL)
		return -1;
	asked[c->n_asked++] = (struct asked){ payload[0], payload[1] };
	c->asked = asked;
	return 0;
}

static void
start_sweep(struct command *c, const struct asked *asked)
{
	struct tree tree = { .cookie = c->cookie, .main = c->pid,
	    .main_lives = !c->dead, .birth = c->birth };
	enum sweep_mode mode = asked->mode == WIRE_FOLLOW ? SWEEP_FOLLOW :
	    asked->mode == WIRE_FINISH ? SWEEP_FINISH : SWEEP_SIGNAL;

	sweep_start(&c->sweep, &tree, asked->signo, mode);
}

void
command_forget(struct command *c)
{
	static const struct asked end = { SIGKILL, WIRE_FINISH };

	if (c->forgotten)
		return;
	c->forgotten = true;
	sweep_clear(&c->sweep);
	c->n_asked = 0;
	start_sweep(c, &end);
}

/* A pipe is looked at also for its reader's end. */
static short
input_events(const struct command *c, int *fd)
{
	bool waiting = input_is_waiting(&c->in);

	*fd = waiting || !c->terminal ? c->in.fd : -1;
	return waiting ? POLLOUT : 0;
}

void
command_poll(const struct command *c, struct pollfd p[COMMAND_POLLS],
    bool output)
{
	const struct output *outs[2] = { &c->out, &c->err };
	int fd;

	memset(p, 0, COMMAND_POLLS * sizeof(*p));
	p[0].events = input_events(c, &fd);
	p[0].fd = fd;
	for (int i = 0; i < 2; i++) {
		p[i + 1].events = POLLIN;
		p[i + 1].fd = output && !c->forgotten &&
		    output_is_ready(outs[i]) ? outs[i]->fd : -1;
	}
}

void
command_move(struct command *c, struct link *l,
    const struct pollfd polled[COMMAND_POLLS])
{
	if (polled[0].revents & (POLLERR | POLLHUP) && !c->terminal)
		input_close(&c->in);
	if (polled[0].revents != 0) {
		if (c->in.fd == -1 && !c->dead)
			link_put_later(l, LINK_LONG, c->channel,
			    MESSAGE_STDIN_CLOSED, NULL, 0);
		else
			feed(c, l);
	}
	if (c->forgotten)
		return;
	if ((polled[1].revents != 0 || c->dead) && link_has_room(l))
		output_move(&c->out, l, c->channel, MESSAGE_STDOUT);
	if ((polled[2].revents != 0 || c->dead) && link_has_room(l))
		output_move(&c->err, l, c->channel, MESSAGE_STDERR);
}

bool
command_is_eager(const struct command *c, const struct link *l)
{
	return c->dead && !c->forgotten && link_has_room(l) &&
	    (output_is_ready(&c->out) || output_is_ready(&c->err));
}

int64_t
command_wake(const struct command *c)
{
	return c->sweep.phase != SWEEP_OVER ? c->sweep.wake :
	    c->n_asked > 0 ? 1 : 0;
}

static void
report(struct command *c, struct link *l)
{
	uint8_t payload[9];

	frame_put32(payload, c->sweep.hit);
	frame_put32(payload + 4, c->sweep.left);
	payload[8] = c->sweep.main_left;
	if (!c->forgotten)
		link_put(l, c->channel, MESSAGE_SWEPT, payload,
		    sizeof(payload));
	sweep_clear(&c->sweep);
}

void
command_sweep(struct command *c, struct link *l,
    const struct surroundings *around)
{
	struct asked next;

	if (c->sweep.phase == SWEEP_OVER && c->n_asked > 0) {
		next = c->asked[0];
		memmove(c->asked, c->asked + 1, --c->n_asked * sizeof(next));
		start_sweep(c, &next);
	}
	if (c->sweep.phase == SWEEP_OVER)
		return;
	sweep_go_on(&c->sweep, around, !c->dead);
	if (c->sweep.phase == SWEEP_OVER)
		report(c, l);
}

bool
command_is_over(const struct command *c)
{
	return c->dead && c->sweep.phase == SWEEP_OVER && c->n_asked == 0 &&
	    (c->forgotten || (output_is_delivered(&c->out) &&
	    output_is_delivered(&c->err)));
}

void
command_tell_end(struct command *c, struct link *l, struct leftovers *leftovers)
{
	int ws = c->wait_status;
	uint8_t payload[2];

	payload[0] = WIFSIGNALED(ws) ? WIRE_SIGNALED : WIRE_EXIT;
	payload[1] = (uint8_t)(WIFSIGNALED(ws) ? WTERMSIG(ws) :
	    WEXITSTATUS(ws));
	link_put(l, c->channel, MESSAGE_END, payload, sizeof(payload));
	if (c->terminal || c->forgotten)
		return;
	if (c->out.fd != -1)
		leftovers_add(leftovers, c->out.fd);
	if (c->err.fd != -1)
		leftovers_add(leftovers, c->err.fd);
	c->out.fd = c->err.fd = -1;
}

void
command_free(struct command *c)
{
	input_close(&c->in);
	output_close(&c->out);
	output_close(&c->err);
	sweep_clear(&c->sweep);
	free(c->asked);
	free(c->cookie);
	free(c);
}
