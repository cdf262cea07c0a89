/* SPDX-License-Identifier: ISC */
#include "container/client.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

#define KEEPER_MS	1000	/* a long command is not waited for */
#define KILLED		SIGKILL	/* a wait status: docker was, or so it seems */

static void
say_cold(const struct client *c, const char *why)
{
	MEM_AUTO char *target = plan_shown(c->plan);

	if (c->say->verbose)
		say_note(c->say, "%s: no warm connection: %s", target, why);
}

/* There is no keeper: because there can be none? */
static void
look_for_trouble(struct client *c)
{
	MEM_AUTO char *why = warm_place_trouble(c->place.socket);
	MEM_AUTO char *shown = text_printable(why != NULL ? why :
	    "there is none yet", 500);

	c->wants_keeper = why == NULL;
	say_cold(c, shown);
}

void
client_connect(struct client *c, struct loop *loop, const struct plan *plan,
    const struct warm_setup *setup, const struct say *say)
{
	ERROR_AUTO struct error e = { 0 };

	memset(c, 0, sizeof(*c));
	c->loop = loop;
	c->plan = plan;
	c->setup = setup;
	c->say = say;
	if (setup == NULL)
		return;
	if (warm_request_make(&c->request, plan, &e) == -1 ||
	    warm_place_find(&c->place, plan, &e) == -1) {
		say_cold(c, e.text);
		return;
	}
	c->warm = warm_connect(&c->connection, c->place.socket);
	if (!c->warm)
		look_for_trouble(c);
}

static void
changed(void *arg, int wait_status)
{
	struct client *c = arg;

	if (WIFSTOPPED(wait_status)) {
		c->hooks.stopped(c->hooks.arg, WSTOPSIG(wait_status));
		return;
	}
	c->pid = 0;
	c->hooks.ended(c->hooks.arg, wait_status);
}

static void
start_keeper(void *arg)
{
	ERROR_AUTO struct error e = { 0 };
	struct client *c = arg;

	c->wants_keeper = false;
	if (warm_keeper_start(c->setup, &c->place, c->plan, -1, &e) == -1)
		say_cold(c, e.text);
}

static int
start_docker(struct client *c, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	STRV_AUTO struct strv env = { 0 };

	plan_argv(c->plan, &argv);
	say_command(c->say, strv_argv(&argv));
	plan_env(c->plan, &env);
	/* Only where stdout is a terminal does docker print advertisements. */
	if (c->direct)
		strv_push(&env, "DOCKER_CLI_HINTS=false");
	c->spawn.argv = strv_argv(&argv);
	c->spawn.env = strv_argv(&env);
	c->warm = false;
	c->pid = spawn_start(&c->spawn, e);
	if (c->pid == -1) {
		c->pid = 0;
		return -1;
	}
	c->child = (struct loop_child){ .pid = c->pid, .changed = changed,
	    .arg = c };
	loop_child(c->loop, &c->child);
	if (c->wants_keeper) {
		c->keeper_timer.fire = start_keeper;
		c->keeper_timer.arg = c;
		loop_after(c->loop, &c->keeper_timer, KEEPER_MS);
	}
	c->hooks.began(c->hooks.arg);
	return 0;
}

static void
declined(void *arg, const char *why)
{
	struct error e = { 0 };
	struct client *c = arg;

	say_cold(c, why);
	/* A keeper that has taken the call is there, whatever it said then. */
	c->wants_keeper = !c->connection.taken;
	warm_clear(&c->connection);
	if (start_docker(c, &e) == -1)
		c->hooks.failed(c->hooks.arg, &e);
}

static void
started(void *arg)
{
	struct client *c = arg;

	c->hooks.began(c->hooks.arg);
}

static void
swept(void *arg, int hit, int left, bool main_lives)
{
	struct client *c = arg;

	(void)main_lives;
	c->hooks.swept(c->hooks.arg, hit, left);
}

static void
ended(void *arg, int status)
{
	struct client *c = arg;

	c->hooks.ended(c->hooks.arg, (status & 0xff) << 8);
}

/* Nothing more is heard of it. */
static void
abandon(struct client *c)
{
	warm_clear(&c->connection);
	c->hooks.ended(c->hooks.arg, KILLED);
}

static void
lost(void *arg, const char *why)
{
	struct client *c = arg;

	c->lost = mem_dup(why);
	abandon(c);
}

static void
start_warm(struct client *c)
{
	c->connection.hooks = (struct warm_hooks){ .declined = declined,
	    .started = started, .swept = swept, .ended = ended, .lost = lost,
	    .arg = c };
	say_command(c->say, (char *const[]){ c->place.socket, NULL });
	warm_call(&c->connection, c->loop, c->place.key, &c->request.start,
	    c->spawn.fd);
}

int
client_start(struct client *c, const int fds[3], bool own_group, bool direct,
    const struct client_hooks *hooks, struct error *e)
{
	c->hooks = *hooks;
	c->in_group = own_group;
	c->direct = direct;
	c->spawn.own_group = own_group;
	memcpy(c->spawn.fd, fds, sizeof(c->spawn.fd));
	if (!c->warm)
		return start_docker(c, e);
	start_warm(c);
	return 0;
}

bool
client_sweep(struct client *c, int signo, enum reap_mode mode)
{
	return c->warm && warm_sweep(&c->connection, signo, (int)mode);
}

void
client_signal(struct client *c, int signo)
{
	if (c->warm && signo == SIGKILL)
		abandon(c);
	else if (c->pid > 0 && signo == SIGWINCH)
		kill(c->pid, signo);
	else if (c->pid > 0)
		kill(c->in_group ? -c->pid : c->pid, signo);
}

void
client_over(struct client *c)
{
	if (c->wants_keeper)
		start_keeper(c);
}

void
client_clear(struct client *c)
{
	if (c->loop == NULL)
		return;
	loop_cancel(c->loop, &c->keeper_timer);
	warm_clear(&c->connection);
	warm_request_clear(&c->request);
	warm_place_clear(&c->place);
	free(c->lost);
	memset(c, 0, sizeof(*c));
}
