/* SPDX-License-Identifier: ISC */
#include "keeper/keeper.h"

#include <sys/resource.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "container/state.h"
#include "keeper/request.h"
#include "run/child.h"
#include "wire/message.h"

#define MOST_CLIENTS	512
#define CLIENT_FDS	4		/* its connection and three pipes */
#define OWN_FDS		64
#define DEAF_MS		20000		/* an agent that answers nothing */
#define LOOK_MS		10000		/* for docker to say what it is in */
#define LAST_WORDS_MS	500		/* between the ends of pipe and docker */
#define STOPPED_MS	3000		/* a container's last bytes */
#define SHOWN		300		/* bytes of docker's words */
#define QUIT_MS		1000
#define HANG_UP_MS	3000

static const char paused_text[] = "the container is paused";

/* ---- ending ---- */

static void
settle(struct keeper *k)
{
	if (k->shut && k->exchange.clients == 0)
		k->done = true;
}

static void
door_shut(void *arg)
{
	struct keeper *k = arg;

	k->shut = true;
	exchange_close_new(&k->exchange, k->why);
	settle(k);
}

void
keeper_let_go(struct keeper *k, const char *why)
{
	if (k->why != NULL)
		return;
	k->why = mem_dup(why);
	loop_cancel(&k->loop, &k->idle);
	door_close(&k->door, door_shut, k);
}

static void
lose(struct keeper *k, const char *why)
{
	MEM_AUTO char *text = mem_dup(why);

	loop_cancel(&k->loop, &k->deadline);
	keeper_let_go(k, text);
	exchange_lose(&k->exchange, text);
}

/* It is late: whatever it still may say, its end is the end. */
static void
lose_carrier(void *arg)
{
	struct keeper *k = arg;
	MEM_AUTO char *why = NULL;

	if (k->quit)
		k->done = true;
	if (k->quit || !k->exchange.open)
		return;
	if (k->stopped)
		why = mem_dup("the container has stopped");
	else
		why = carrier_why(&k->carrier);
	lose(k, why);
}

/*
 * Of the pipe's end and docker's the second one counts, unless it is late.  Who
 * comes meanwhile has come too late.
 */
static void
wait_for_other_end(struct keeper *k)
{
	if (k->open)
		keeper_let_go(k, "the connection has ended");
	loop_after(&k->loop, &k->deadline, LAST_WORDS_MS);
}

static void
carrier_ended(void *arg)
{
	struct keeper *k = arg;

	if (k->exchange.ended)
		lose_carrier(k);
	else
		wait_for_other_end(k);
}

/*
 * Docker says on the command's stdout why it could not start it: that comes
 * where the agent should have greeted.  NULL: nothing did.
 */
static char *
words_before_greeting(struct keeper *k)
{
	MEM_AUTO char *line = NULL;
	const uint8_t *bytes;
	size_t n = inlet_take(&k->exchange.in, SHOWN, &bytes);

	if (k->greeted || n == 0)
		return NULL;
	line = mem_printf("%.*s", (int)n, (const char *)bytes);
	line[strcspn(line, "\r\n")] = '\0';
	return text_printable(line, 0);
}

static void
exchange_broken(void *arg, const char *why)
{
	struct keeper *k = arg;
	MEM_AUTO char *words = words_before_greeting(k);

	if (words != NULL || why != NULL)
		lose(k, words != NULL ? words : why);
	else if (!k->carrier.running)
		lose_carrier(k);
	else
		wait_for_other_end(k);
}

static void
on_signal(void *arg, int signo)
{
	struct keeper *k = arg;

	(void)signo;
	k->done = k->quit;
	k->quit = true;
	lose(k, "the keeper of the connection was told to end");
	loop_after(&k->loop, &k->deadline, QUIT_MS);
}

/* ---- what becomes of the container ---- */

static void
ended(struct keeper *k)
{
	k->stopped = true;
	keeper_let_go(k, "the container has stopped");
	loop_after(&k->loop, &k->deadline, STOPPED_MS);
}

/* Does the target still mean what it meant? */
static void
named(struct keeper *k, const struct news *news, bool subject)
{
	if (subject)
		keeper_let_go(k, "the container was renamed");
	else if (strcmp(k->request->target, k->subject.id) != 0 &&
	    snapshot_meant(k->request->target, news->id, news->name) !=
	    MEANT_NOT)
		keeper_let_go(k, "another container has got the name");
}

static void
told(void *arg, const struct news *news)
{
	struct keeper *k = arg;
	bool subject = k->known && strcmp(news->id, k->subject.id) == 0;

	if (news->kind == NEWS_NAMED && k->known) {
		named(k, news, subject);
		return;
	}
	if (!subject)
		return;
	switch (news->kind) {
	case NEWS_ENDED:
		ended(k);
		break;
	case NEWS_PAUSED:
		k->paused = true;
		break;
	case NEWS_UNPAUSED:
		k->paused = false;
		break;
	case NEWS_COPIED:
		k->followed = true;
		break;
	case NEWS_NAMED:
		break;
	}
}

static void
untold(void *arg)
{
	keeper_let_go(arg, "the engine does not tell any more what happens");
}

/* ---- commands that do not start ---- */

static void
looked(void *arg)
{
	struct keeper *k = arg;
	struct state state;

	state_read(&state, &k->look);
	if (state.kind == STATE_PAUSED)
		exchange_forget_unanswered(&k->exchange, paused_text);
}

static void
look(struct keeper *k)
{
	ERROR_AUTO struct error e = { 0 };
	STRV_AUTO struct strv argv = { 0 };

	child_argv(&argv, NULL);
	state_argv(&k->request->docker, k->subject.id, &argv);
	/* Else it is asked again when it is still slow. */
	capture_start(&k->look, &k->loop, strv_argv(&argv), LOOK_MS, looked, k,
	    &e);
}

static void
exchange_slow(void *arg, int64_t ms)
{
	struct keeper *k = arg;

	if (k->paused)
		exchange_forget_unanswered(&k->exchange, paused_text);
	else if (ms >= DEAF_MS)
		lose(k, "the agent in the container does not answer");
	else if (!k->look.running)
		look(k);
}

/* ---- clients ---- */

static void
agent_hello(void *arg, const struct greeting *greeting)
{
	struct keeper *k = arg;

	k->greeted = true;
	k->agent = *greeting;
}

/* Its first line is the version. */
static bool
same_version(const char *ours, const uint8_t *key, size_t n)
{
	const uint8_t *end = memchr(key, '\n', n);
	size_t theirs = end != NULL ? (size_t)(end - key) : n;

	return theirs == strcspn(ours, "\n") &&
	    memcmp(ours, key, theirs) == 0;
}

static const char *
refuses(void *arg, const uint8_t *key, size_t n)
{
	struct keeper *k = arg;
	const char *ours = k->request->key;

	if (n != strlen(ours) || memcmp(key, ours, n) != 0) {
		if (!same_version(ours, key, n))
			keeper_let_go(k, "another version has come");
		return "another key";
	}
	return k->why != NULL ? k->why : k->paused ? paused_text : NULL;
}

static char *
status(void *arg)
{
	struct keeper *k = arg;
	int64_t now = clock_now();
	bool rests = k->exchange.running == 0;

	return mem_printf("pid %ld\nversion %d\ncontainer %s\nuser %s\n"
	    "age_ms %lld\nidle_ms %lld\nserved %llu\nrunning %zu\nagent_pid %lu\n"
	    "way %s\n",
	    (long)getpid(), WIRE_VERSION, k->subject.id,
	    k->request->user != NULL ? k->request->user : "",
	    (long long)(now - k->began),
	    (long long)(rests ? now - k->rests_since : 0),
	    (unsigned long long)k->exchange.served, k->exchange.running,
	    (unsigned long)k->agent.pid,
	    k->exchange.switched ? "shortcut" : "docker");
}

static void
told_to_stop(void *arg)
{
	keeper_let_go(arg, "the keeper was told to stop");
}

/* A client that is one too many sees that nobody serves it. */
static void
came(void *arg, int fd)
{
	struct keeper *k = arg;

	if (k->exchange.clients < k->most)
		exchange_accept(&k->exchange, fd);
	else
		close(fd);
}

static void
idle_over(void *arg)
{
	keeper_let_go(arg, "nobody has needed it");
}

static void
changed(void *arg)
{
	struct keeper *k = arg;

	settle(k);
	if (k->why != NULL)
		return;
	if (k->exchange.running > 0) {
		loop_cancel(&k->loop, &k->idle);
	} else if (!k->idle.active) {
		k->rests_since = clock_now();
		loop_after(&k->loop, &k->idle, k->request->idle);
	}
}

/* ---- its life ---- */

/* As many as the descriptors allow. */
static size_t
most_clients(void)
{
	struct rlimit files;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return 1;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_NOFILE, &files);
	most = files.rlim_cur > OWN_FDS + CLIENT_FDS ?
	    (files.rlim_cur - OWN_FDS) / CLIENT_FDS : 1;
	return most < MOST_CLIENTS ? most : MOST_CLIENTS;
}

int
keeper_init(struct keeper *k, const struct request *r, struct door *door,
    struct error *e)
{
	const struct exchange_hooks hooks = { .hello = agent_hello,
	    .broken = exchange_broken, .slow = exchange_slow,
	    .refuses = refuses, .status = status, .stop = told_to_stop,
	    .changed = changed, .arg = k };

	memset(k, 0, sizeof(*k));
	k->request = r;
	k->door = *door;
	k->carrier.to = k->carrier.from = k->carrier.err.fd = -1;
	k->shortcut.from = k->shortcut.to = -1;
	k->began = k->rests_since = clock_now();
	k->most = most_clients();
	k->idle.fire = idle_over;
	k->deadline.fire = lose_carrier;
	k->idle.arg = k->deadline.arg = k;
	if (loop_init(&k->loop, e) == -1)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	k->loop.on_signal = on_signal;
	k->loop.signal_arg = k;
	loop_catch(&k->loop, SIGTERM);
	loop_catch(&k->loop, SIGINT);
	exchange_init(&k->exchange, &k->loop, &hooks);
	return follow_start(&k->follow, &k->loop, &r->docker, told, untold, k,
	    e);
}

int
keeper_round(struct keeper *k, struct error *e)
{
	int rc = loop_round(&k->loop, e);

	exchange_flush(&k->exchange);
	return rc;
}

int
keeper_open(struct keeper *k, struct error *e)
{
	if (door_open(&k->door, &k->loop, came, k, e) == -1)
		return -1;
	k->open = true;
	changed(k);
	return 0;
}

void
keeper_serve(struct keeper *k)
{
	ERROR_AUTO struct error e = { 0 };

	while (!k->done && keeper_round(k, &e) == 0)
		continue;
}

int
keeper_connect(struct keeper *k, const struct strv *argv, struct error *e)
{
	if (carrier_start(&k->carrier, &k->loop, argv, carrier_ended, k, e) ==
	    -1)
		return -1;
	exchange_connect(&k->exchange, k->carrier.from, k->carrier.to);
	return 0;
}

static void
give_up(void *arg)
{
	carrier_clear(arg);
}

/* The agent ends what it has started, and then itself. */
static void
hang_up(struct keeper *k)
{
	ERROR_AUTO struct error e = { 0 };
	struct loop_timer limit = { .fire = give_up, .arg = &k->carrier };

	carrier_hang_up(&k->carrier);
	loop_after(&k->loop, &limit, HANG_UP_MS);
	while (k->carrier.running && loop_round(&k->loop, &e) == 0)
		continue;
	loop_cancel(&k->loop, &limit);
	carrier_clear(&k->carrier);
}

void
keeper_clear(struct keeper *k)
{
	k->quit = true;
	loop_cancel(&k->loop, &k->idle);
	exchange_clear(&k->exchange);
	shortcut_close(&k->shortcut);
	if (k->carrier.running)
		hang_up(k);
	carrier_clear(&k->carrier);
	loop_cancel(&k->loop, &k->deadline);
	capture_clear(&k->look);
	follow_clear(&k->follow);
	door_clear(&k->door);
	free(k->why);
	loop_clear(&k->loop);
}
