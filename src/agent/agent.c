/* SPDX-License-Identifier: ISC */
#include "agent/agent.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "wire/message.h"

#define MOST_FILLS	64		/* a START has that many bufferfuls */
#define END_US		2000000		/* for the commands' end with ours */

enum { AT_CHILDREN, AT_LIFELINE, AT_IN, AT_OUT, AT_COMMANDS };

static void
say_hello(struct agent *a)
{
	uint8_t payload[20];

	frame_put32(payload, WIRE_VERSION);
	frame_put32(payload + 4, (uint32_t)getpid());
	frame_put32(payload + 8, (uint32_t)getuid());
	frame_put32(payload + 12, shortcut_in(&a->shortcut));
	frame_put32(payload + 16, shortcut_out(&a->shortcut));
	link_put(&a->link, 0, MESSAGE_HELLO, payload, sizeof(payload));
}

int
agent_open(struct agent *a, int in, int out, char *const *env)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	char directory[PATH_MAX];
	sigset_t chld;

	memset(a, 0, sizeof(*a));
	a->children = -1;
	if (link_open(&a->link, in, out) == -1)
		return -1;
	/* A directory of the name, not this one, in case it is made anew. */
	if (getcwd(directory, sizeof(directory)) == NULL || *directory != '/' ||
	    chdir("/") == -1)
		*directory = '\0';
	a->home.env = env;
	a->home.directory = a->directory = strdup(directory);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	a->children = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (a->children == -1 || a->directory == NULL)
		return -1;
	/* Orphans become ours, and no zombie stays. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	shortcut_offer(&a->shortcut);
	say_hello(a);
	return 0;
}

static struct command *
find(const struct agent *a, uint32_t channel)
{
	struct command *c = a->commands;

	while (c != NULL && c->channel != channel)
		c = c->next;
	return c;
}

/* The commands but C, as what its sweep shall leave alone. */
static struct surroundings
look_around(struct agent *a, const struct command *except)
{
	struct surroundings s = { .procs = &a->procs, .agent = getpid() };
	size_t n = 0;
	pid_t *others;

	for (const struct command *c = a->commands; c != NULL; c = c->next)
		n++;
	if (n > a->n_others) {
		others = realloc(a->others, n * sizeof(*others));
		if (others == NULL)
			return s;
		a->others = others;
		a->n_others = n;
	}
	for (const struct command *c = a->commands; c != NULL; c = c->next)
		if (c != except && !c->dead)
			a->others[s.n_others++] = c->pid;
	s.others = a->others;
	return s;
}

static int
start(struct agent *a, const struct frame *f)
{
	struct command *c;
	struct start s;
	uint8_t number[4];
	pid_t pid;
	int error;

	if (f->channel == 0 || find(a, f->channel) != NULL) {
		errno = EPROTO;
		return -1;
	}
	shortcut_withdraw(&a->shortcut);
	/* Withdrawn while the container was paused: it shall never run. */
	if (frame_is_coming(&a->link.reader, f->channel, MESSAGE_FORGET)) {
		link_put(&a->link, f->channel, MESSAGE_END,
		    (uint8_t[]){ WIRE_SIGNALED, SIGKILL }, 2);
		return 0;
	}
	if (start_decode(&s, f->payload, f->length) == -1)
		return -1;
	error = command_start(&c, f->channel, &s, &a->home, &pid);
	start_clear(&s);
	frame_put32(number, error != 0 ? (uint32_t)error : (uint32_t)pid);
	if (error != 0)
		link_put(&a->link, f->channel, MESSAGE_REFUSED, number, 4);
	else
		link_put_later(&a->link, LINK_LONG, f->channel,
		    MESSAGE_STARTED, number, 4);
	if (c != NULL) {
		c->next = a->commands;
		a->commands = c;
	}
	return 0;
}

/* Our answer goes the new way. */
static int
take_shortcut(struct agent *a)
{
	if (shortcut_take(&a->shortcut, &a->link) == -1)
		return -1;
	link_put(&a->link, 0, MESSAGE_SHORTCUT, NULL, 0);
	return 0;
}

/* -1 with errno when that may not be. */
static int
handle(struct agent *a, const struct frame *f)
{
	struct command *c;

	if (f->type == MESSAGE_START)
		return start(a, f);
	if (f->type == MESSAGE_SHORTCUT)
		return take_shortcut(a);
	/* What comes too late for a command is for nobody. */
	c = find(a, f->channel);
	switch (f->type) {
	case MESSAGE_STDIN:
		return c == NULL ? 0 :
		    command_stdin(c, &a->link, f->payload, f->length);
	case MESSAGE_CREDIT:
		return c == NULL ? 0 :
		    command_credit(c, f->payload, f->length);
	case MESSAGE_WINSIZE:
		return c == NULL ? 0 :
		    command_winsize(c, f->payload, f->length);
	case MESSAGE_SWEEP:
		return c == NULL ? 0 :
		    command_ask_sweep(c, f->payload, f->length);
	case MESSAGE_FORGET:
		if (c != NULL)
			command_forget(c);
		return 0;
	default:
		errno = EPROTO;
		return -1;
	}
}

/* The connection has ended: all that runs ends with it. */
static void
begin_end(struct agent *a)
{
	a->link.broken = true;
	a->deadline = clock_us() + END_US;
	for (struct command *c = a->commands; c != NULL; c = c->next)
		command_forget(c);
}

static void
read_frames(struct agent *a)
{
	struct frame f;
	int more = 1;

	/* All that has come: what withdraws a START may stand far behind it. */
	for (int i = 0; i < MOST_FILLS && more == 1; i++)
		more = link_fill(&a->link);
	if (more == -1) {
		begin_end(a);
		return;
	}
	while ((more = frame_next(&a->link.reader, &f)) == 1)
		if (handle(a, &f) == -1)
			break;
	if (more != 0)
		begin_end(a);
}

/* Wait for children: commands, and orphans that became ours. */
static void
reap(struct agent *a)
{
	struct signalfd_siginfo info;
	struct command *c;
	int status;
	pid_t pid;

	while (read(a->children, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (c = a->commands; c != NULL; c = c->next)
			if (c->pid == pid && !c->dead)
				command_ended(c, status);
}

static void
move(struct agent *a)
{
	const struct pollfd *p = a->polls + AT_COMMANDS;
	struct command *c = a->commands;

	for (size_t i = 0; c != NULL; c = c->next, i++)
		command_move(c, &a->link, p + i * COMMAND_POLLS);
}

static void
sweep(struct agent *a)
{
	struct surroundings around;

	for (struct command *c = a->commands; c != NULL; c = c->next) {
		if (command_wake(c) == 0)
			continue;
		around = look_around(a, c);
		command_sweep(c, &a->link, &around);
	}
}

static void
tell_ends(struct agent *a)
{
	struct command **at = &a->commands;
	struct command *c;

	while ((c = *at) != NULL) {
		if (!command_is_over(c)) {
			at = &c->next;
			continue;
		}
		command_tell_end(c, &a->link, &a->leftovers);
		*at = c->next;
		command_free(c);
	}
}

/* The one that was served first is last the next time. */
static void
rotate(struct agent *a)
{
	struct command *first = a->commands;
	struct command **last = &a->commands;

	if (first == NULL || first->next == NULL)
		return;
	while (*last != NULL)
		last = &(*last)->next;
	*last = first;
	a->commands = first->next;
	first->next = NULL;
}

static int
make_polls(struct agent *a)
{
	size_t n = AT_COMMANDS + a->leftovers.n;
	struct pollfd *polls;

	for (const struct command *c = a->commands; c != NULL; c = c->next)
		n += COMMAND_POLLS;
	if (n > a->n_polls) {
		polls = realloc(a->polls, n * sizeof(*polls));
		if (polls == NULL)
			return -1;
		a->polls = polls;
		a->n_polls = n;
	}
	return 0;
}

/* Fill in what to poll for: how many. */
static size_t
fill_polls(struct agent *a)
{
	bool ending = a->deadline != 0;
	bool room = link_has_room(&a->link);
	size_t n = AT_COMMANDS;

	a->polls[AT_CHILDREN] = (struct pollfd){ a->children, POLLIN, 0 };
	a->polls[AT_LIFELINE] = (struct pollfd){
	    ending ? -1 : a->shortcut.lifeline, POLLIN, 0 };
	a->polls[AT_IN] = (struct pollfd){ ending ? -1 : a->link.in, POLLIN,
	    0 };
	a->polls[AT_OUT] = (struct pollfd){ ending ? -1 : a->link.out,
	    link_is_due(&a->link) ? POLLOUT : 0, 0 };
	for (const struct command *c = a->commands; c != NULL; c = c->next) {
		command_poll(c, a->polls + n, room);
		n += COMMAND_POLLS;
	}
	leftovers_poll(&a->leftovers, a->polls + n);
	return n + a->leftovers.n;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* When to go on though nothing comes, of clock_us(); 0: never. */
static int64_t
next_wake(const struct agent *a)
{
	int64_t wake = earlier(a->deadline, a->link.held_until);

	for (const struct command *c = a->commands; c != NULL; c = c->next) {
		wake = earlier(wake, command_wake(c));
		if (command_is_eager(c, &a->link))
			return 1;
	}
	return wake;
}

static void
wait_for_news(struct agent *a, size_t n)
{
	struct timespec span, *limit = NULL;
	int64_t wake = next_wake(a);

	if (wake != 0) {
		wake -= clock_us();
		if (wake < 0)
			wake = 0;
		span.tv_sec = (time_t)(wake / 1000000);
		span.tv_nsec = (long)(wake % 1000000 * 1000);
		limit = &span;
	}
	if (ppoll(a->polls, n, limit, NULL) == -1)
		memset(a->polls, 0, n * sizeof(*a->polls));
}

static bool
is_over(const struct agent *a)
{
	return a->deadline != 0 &&
	    (a->commands == NULL || clock_us() >= a->deadline);
}

static int
turn(struct agent *a)
{
	size_t n;

	rotate(a);
	if (make_polls(a) == -1)
		return -1;
	n = fill_polls(a);
	wait_for_news(a, n);
	if (a->polls[AT_CHILDREN].revents != 0)
		reap(a);
	leftovers_drain(&a->leftovers, a->polls + n - a->leftovers.n);
	move(a);
	if (a->polls[AT_IN].revents != 0)
		read_frames(a);
	sweep(a);
	tell_ends(a);
	if (link_is_due(&a->link))
		link_flush(&a->link);
	if (a->deadline == 0 &&
	    (a->link.broken || a->polls[AT_OUT].revents & POLLERR ||
	    a->polls[AT_LIFELINE].revents != 0))
		begin_end(a);
	return 0;
}

void
agent_run(struct agent *a)
{
	while (!is_over(a) && turn(a) == 0)
		;
}

void
agent_close(struct agent *a)
{
	struct command *c;

	while ((c = a->commands) != NULL) {
		a->commands = c->next;
		command_free(c);
	}
	leftovers_clear(&a->leftovers);
	link_clear(&a->link);
	if (a->children != -1)
		close(a->children);
	free(a->directory);
	free(a->polls);
	free(a->others);
	procs_clear(&a->procs);
}
