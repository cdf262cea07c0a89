/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: an agent that sends whatever it likes to an exchange with three
 * commands under way.  The first byte says how much comes in one piece.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "fuzz.h"
#include "keeper/call.h"
#include "keeper/exchange.h"
#include "wire/message.h"
#include "wire/passing.h"
#include "wire/start.h"

#define CLIENTS	3

struct rig {
	struct loop loop;
	struct exchange exchange;
	int from[2], to[2];		/* the agent's pipes */
	int client[CLIENTS], out[CLIENTS];
	bool broken;
};

static void
hello(void *arg, const struct greeting *greeting)
{
	(void)arg, (void)greeting;
}

static void
broken(void *arg, const char *why)
{
	struct rig *rig = arg;

	HOLDS(!rig->broken);
	rig->broken = true;
	exchange_lose(&rig->exchange, why != NULL ? why : "the end");
}

static void
slow(void *arg, int64_t ms)
{
	(void)arg, (void)ms;
}

static const char *
refuses(void *arg, const uint8_t *key, size_t n)
{
	(void)arg, (void)key;
	return n == 0 ? NULL : "another key";
}

static char *
status(void *arg)
{
	(void)arg;
	return mem_dup("");
}

static void
nothing(void *arg)
{
	(void)arg;
}

static void
call(struct rig *rig, int i, uint32_t flags)
{
	char *argv[] = { mem_dup("x"), NULL };
	struct start s = { .flags = flags, .cookie = "", .directory = "",
	    .argv = argv };
	size_t size = 4 + start_size(&s);
	uint8_t *payload = mem_zero(1, size);
	struct frame_writer w = { 0 };
	int ends[2], pipes[3], pair[2];
	size_t n = 0;

	start_encode(&s, payload + 4);
	frame_put(&w, 0, MESSAGE_CALL, payload, size);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    pair) == 0);
	HOLDS(file_pipe(ends, -1) == 0);
	rig->out[i] = ends[0];
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	if ((flags & START_STDIN) != 0)
		pipes[n++] = ends[0];
	pipes[n++] = ends[1];
	if ((flags & START_TTY) == 0)
		pipes[n++] = ends[1];
	passing_send(pair[1], w.data + w.start, frame_waiting(&w), pipes, n);
	close(ends[1]);
	rig->client[i] = pair[1];
	exchange_accept(&rig->exchange, pair[0]);
	frame_writer_clear(&w);
	free(payload);
	free(argv[0]);
}

static void
open_rig(struct rig *rig)
{
	const struct exchange_hooks hooks = { hello, broken, slow, refuses,
	    status, nothing, nothing, rig };
	static const uint32_t flags[CLIENTS] = { START_STDIN, START_TTY, 0 };
	ERROR_AUTO struct error e = { 0 };

	memset(rig, 0, sizeof(*rig));
	signal(SIGPIPE, SIG_IGN);
	HOLDS(loop_init(&rig->loop, &e) == 0);
	HOLDS(file_pipe(rig->from, 0) == 0 && file_pipe(rig->to, 1) == 0);
	fcntl(rig->from[1], F_SETFL, O_NONBLOCK);
	exchange_init(&rig->exchange, &rig->loop, &hooks);
	exchange_connect(&rig->exchange, rig->from[0], rig->to[1]);
	for (int i = 0; i < CLIENTS; i++)
		call(rig, i, flags[i]);
	exchange_flush(&rig->exchange);
	HOLDS(rig->exchange.running == CLIENTS);
}

/* One round, in which nothing may have to be waited for. */
static void
turn(struct rig *rig)
{
	ERROR_AUTO struct error e = { 0 };
	struct loop_timer now = { .fire = nothing };
	uint8_t drain[65536];

	loop_after(&rig->loop, &now, 0);
	HOLDS(loop_round(&rig->loop, &e) == 0);
	loop_cancel(&rig->loop, &now);
	exchange_flush(&rig->exchange);
	/* Of two of the clients the pipes are emptied. */
	for (int i = 1; i < CLIENTS; i++)
		while (read(rig->out[i], drain, sizeof(drain)) > 0)
			continue;
}

/* However it went, a client that listens has been told how it ended. */
static void
check_told(struct rig *rig, int i)
{
	struct frame_reader r = { 0 };
	struct frame f = { 0 };
	ssize_t n;
	size_t room;

	do {
		n = read(rig->client[i], frame_reader_space(&r, &room), 4096);
		if (n > 0)
			frame_reader_filled(&r, (size_t)n);
	} while (n > 0);
	HOLDS(n == 0);
	while (frame_next(&r, &f) == 1)
		continue;
	HOLDS(f.type == MESSAGE_LOST || f.type == MESSAGE_END ||
	    f.type == MESSAGE_REFUSED);
	frame_reader_clear(&r);
}

static void
close_rig(struct rig *rig)
{
	exchange_clear(&rig->exchange);
	for (int i = 0; i < CLIENTS; i++) {
		close(rig->client[i]);
		close(rig->out[i]);
	}
	for (int i = 0; i < 2; i++) {
		file_close(&rig->from[i]);
		file_close(&rig->to[i]);
	}
	loop_clear(&rig->loop);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? 1 + (size_t)data[0] * 16 : 1;
	struct rig rig;
	ssize_t n;

	open_rig(&rig);
	for (size_t at = 1; at < size && !rig.broken; at += (size_t)n) {
		if (piece > size - at)
			piece = size - at;
		n = write(rig.from[1], data + at, piece);
		HOLDS(n > 0);
		turn(&rig);
		HOLDS(rig.exchange.running <= CLIENTS);
		HOLDS(frame_waiting(&rig.exchange.out) < 2 * WIRE_WINDOW_IN);
	}
	file_close(&rig.from[1]);
	for (int i = 0; i < 3; i++)
		turn(&rig);
	check_told(&rig, 1);
	check_told(&rig, 2);
	close_rig(&rig);
	return 0;
}
