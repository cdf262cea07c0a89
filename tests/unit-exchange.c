/* SPDX-License-Identifier: ISC */
/*
 * Many commands at once through an exchange, in any order that chance makes,
 * against a simple reference: what an agent has said of a command comes to its
 * client, whole and in order, and to no other.
 */
#include "unit-exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "keeper/call.h"
#include "keeper/exchange.h"
#include "wire/message.h"
#include "wire/passing.h"
#include "wire/start.h"

/* ---- hooks ---- */

static void
hello(void *arg, const struct greeting *greeting)
{
	(void)arg;
	assert_int_equal(greeting->pid, 7);
	assert_int_equal(greeting->uid, 8);
}

static void
broken(void *arg, const char *why)
{
	struct model *m = arg;

	(void)why;
	m->broken = true;
}

static void
slow(void *arg, int64_t ms)
{
	(void)arg, (void)ms;
}

static const char *
refuses(void *arg, const uint8_t *key, size_t n)
{
	(void)arg, (void)key, (void)n;
	return NULL;
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

/* ---- the clients ---- */

static void
client_begins(struct model *m)
{
	struct command *c = &m->command[m->begun];
	MEM_AUTO char *name = mem_printf("%zu", m->begun);
	char *argv[] = { name, NULL };
	struct start s = { .flags = START_STDIN, .cookie = "",
	    .directory = "/", .argv = argv };
	size_t size = 4 + start_size(&s);
	uint8_t *payload = mem_zero(1, size);
	struct frame_writer w = { 0 };
	int in[2], out[2], err[2], pair[2];

	c->begun = true;
	c->refused = chance(m, 10) == 0;
	c->leaves = chance(m, 5) == 0;
	c->status = (uint8_t)chance(m, 256);
	c->input = chance(m, 2) * chance(m, INPUT_MOST);
	for (int i = 0; i < 2; i++) {
		c->size[i] = chance(m, 2) * chance(m, OUTPUT_MOST);
		c->room[i] = WIRE_WINDOW_OUT;
	}
	c->expect = MESSAGE_TAKEN;
	start_encode(&s, payload + 4);
	frame_put(&w, 0, MESSAGE_CALL, payload, size);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair);
	file_pipe(in, 1);
	file_pipe(out, 0);
	file_pipe(err, 0);
	passing_send(pair[1], w.data + w.start, frame_waiting(&w),
	    (int[]){ in[0], out[1], err[1] }, 3);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	c->client = pair[1];
	c->in = in[1];
	c->out[0] = out[0];
	c->out[1] = err[0];
	m->begun++;
	exchange_accept(&m->exchange, pair[0]);
	frame_writer_clear(&w);
	free(payload);
}

static void
client_gives(struct model *m, struct command *c)
{
	uint8_t bytes[8192];
	uint32_t n = 1 + chance(m, sizeof(bytes));
	ssize_t done;

	if (c->in == -1)
		return;
	if (n > c->input - c->given)
		n = c->input - c->given;
	if (n == 0) {
		file_close(&c->in);
		return;
	}
	fill(bytes, (size_t)(c - m->command), 2, c->given, n);
	done = write(c->in, bytes, n);
	if (done > 0)
		c->given += (uint32_t)done;
	else if (errno == EPIPE)
		file_close(&c->in);
}

static void
client_reads(struct model *m, struct command *c, int s)
{
	uint8_t bytes[100000];
	ssize_t n;

	if (c->closed[s])
		return;
	n = read(c->out[s], bytes, 1 + chance(m, sizeof(bytes)));
	if (n > 0) {
		check(bytes, (size_t)(c - m->command), s, c->got[s],
		    (uint32_t)n);
		c->got[s] += (uint32_t)n;
	}
	c->closed[s] = n == 0;
}

static void
client_hears(struct command *c, const struct frame *f)
{
	assert_int_equal(f->channel, 0);
	if (c->expect == MESSAGE_STARTED && c->refused)
		c->expect = MESSAGE_REFUSED;
	assert_int_equal(f->type, c->expect);
	switch (f->type) {
	case MESSAGE_TAKEN:
		c->expect = MESSAGE_STARTED;
		break;
	case MESSAGE_STARTED:
		c->expect = MESSAGE_END;
		break;
	case MESSAGE_END:
		assert_int_equal(f->payload[1], c->status);
		c->expect = 0;
		break;
	default:
		c->expect = 0;
	}
}

static void
client_leaves(struct model *m, struct command *c)
{
	file_close(&c->client);
	file_close(&c->in);
	file_close(&c->out[0]);
	file_close(&c->out[1]);
	frame_reader_clear(&c->said);
	c->gone = true;
	m->done++;
}

static void
client_listens(struct model *m, struct command *c)
{
	struct frame f;
	size_t room;
	uint8_t *space = frame_reader_space(&c->said, &room);
	ssize_t n = read(c->client, space, room);

	if (n > 0)
		frame_reader_filled(&c->said, (size_t)n);
	while (frame_next(&c->said, &f) == 1)
		client_hears(c, &f);
	if (n != 0)
		return;
	/* The keeper has hung up: all was said, and all is here. */
	assert_int_equal(c->expect, 0);
	for (int s = 0; s < 2; s++) {
		while (!c->closed[s])
			client_reads(m, c, s);
		assert_int_equal(c->got[s], c->refused ? 0 : c->size[s]);
	}
	client_leaves(m, c);
}

static void
client_acts(struct model *m)
{
	struct command *c = &m->command[chance(m, COMMANDS)];

	if (!c->begun || c->gone)
		return;
	if (c->leaves && chance(m, 400) == 0) {
		client_leaves(m, c);
		return;
	}
	client_gives(m, c);
	client_reads(m, c, (int)chance(m, 2));
	client_listens(m, c);
}

/* ---- all of it ---- */

static void
hear(struct model *m)
{
	ERROR_AUTO struct error e = { 0 };
	struct loop_timer now = { .fire = nothing };

	loop_after(&m->loop, &now, 0);
	assert_int_equal(loop_round(&m->loop, &e), 0);
	loop_cancel(&m->loop, &now);
	exchange_flush(&m->exchange);
}

static void
turn(struct model *m)
{
	hear(m);
	assert_false(m->broken);
}

static void
step(struct model *m)
{
	switch (chance(m, 8)) {
	case 0:
		if (m->begun < COMMANDS && m->begun - m->done < AT_ONCE)
			client_begins(m);
		break;
	case 1:
	case 2:
		agent_speaks(m);
		break;
	case 3:
		agent_writes(m);
		break;
	case 4:
		agent_listens(m);
		break;
	case 5:
	case 6:
		client_acts(m);
		break;
	default:
		turn(m);
	}
}

static void
model_open(struct model *m, uint64_t seed)
{
	const struct exchange_hooks hooks = { hello, broken, slow, refuses,
	    status, nothing, nothing, m };
	static const uint8_t greeting[20] = { 0, 0, 0, WIRE_VERSION, 0, 0, 0, 7,
	    0, 0, 0, 8 };
	ERROR_AUTO struct error e = { 0 };

	memset(m, 0, sizeof(*m));
	m->seed = seed;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(loop_init(&m->loop, &e), 0);
	file_pipe(m->from, 0);
	file_pipe(m->to, 1);
	fcntl(m->from[1], F_SETFL, O_NONBLOCK);
	fcntl(m->to[0], F_SETFL, O_NONBLOCK);
	exchange_init(&m->exchange, &m->loop, &hooks);
	exchange_connect(&m->exchange, m->from[0], m->to[1]);
	frame_put(&m->out, 0, MESSAGE_HELLO, greeting, sizeof(greeting));
}

static void
model_close(struct model *m)
{
	exchange_clear(&m->exchange);
	loop_clear(&m->loop);
	for (int i = 0; i < 2; i++) {
		file_close(&m->from[i]);
		file_close(&m->to[i]);
	}
	frame_writer_clear(&m->out);
	frame_reader_clear(&m->in);
}

/* The agent has ended what was forgotten, too. */
static void
run_model(uint64_t seed)
{
	struct model *m = mem_zero(1, sizeof(*m));
	unsigned long steps = 0;

	model_open(m, seed);
	while (m->done < COMMANDS || m->exchange.running > 0) {
		step(m);
		if (++steps == 20000000)
			fail_msg("seed %llu does not come to an end",
			    (unsigned long long)seed);
	}
	turn(m);
	assert_int_equal(m->exchange.clients, 0);
	assert_int_equal(m->exchange.served, COMMANDS);
	model_close(m);
	free(m);
}

static void
test_model(void **state)
{
	const char *given = getenv("DEXEC_TEST_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 1;

	(void)state;
	for (uint64_t i = 0; i < 12; i++) {
		printf("# seed %llu\n", (unsigned long long)(seed + i));
		run_model(seed + i);
	}
}

/*
 * No poll tells of what has been read already: however many frames come in one
 * read, with nothing behind them, all are taken.
 */
static void
test_many_small_frames(void **state)
{
	struct model *m = mem_zero(1, sizeof(*m));
	struct command *c = m->command;
	uint8_t number[4] = { 0, 0, 0, 9 };

	(void)state;
	model_open(m, 1);
	client_begins(m);
	frame_put(&m->out, 1, MESSAGE_STARTED, number, sizeof(number));
	for (int i = 0; i < 300; i++)
		frame_put(&m->out, 1, MESSAGE_STDOUT, "x", 1);
	frame_put(&m->out, 1, MESSAGE_STDOUT, NULL, 0);
	frame_put(&m->out, 1, MESSAGE_STDERR, NULL, 0);
	frame_put(&m->out, 1, MESSAGE_END, (uint8_t[]){ WIRE_EXIT, c->status },
	    2);
	assert_true(frame_waiting(&m->out) < 4096);
	assert_int_equal(frame_write(&m->out, m->from[1]), 1);
	for (int i = 0; i < 20; i++)
		turn(m);
	assert_int_equal(m->exchange.running, 0);
	model_close(m);
	client_leaves(m, c);
	free(m);
}

static void
model_greets(struct model *m)
{
	while (frame_waiting(&m->out) > 0)
		agent_writes(m);
	turn(m);
}

/* The agent says a frame of its own, through FD, and it is heard. */
static void
says(struct model *m, int fd, uint8_t type)
{
	struct frame_writer w = { 0 };

	frame_put(&w, 0, type, NULL, 0);
	assert_int_equal(frame_write(&w, fd), 1);
	frame_writer_clear(&w);
	hear(m);
}

static void
test_shortcut(void **state)
{
	struct model *m = mem_zero(1, sizeof(*m));
	int from[2], to[2];
	uint8_t frame[FRAME_HEADER + 1];

	(void)state;
	model_open(m, 1);
	model_greets(m);
	assert_int_equal(file_pipe(from, 0), 0);
	assert_int_equal(file_pipe(to, 1), 0);
	assert_int_equal(exchange_switch(&m->exchange, from[0], to[1]), 0);
	assert_int_equal(read(m->to[0], frame, sizeof(frame)), FRAME_HEADER);
	assert_int_equal(frame[4], MESSAGE_SHORTCUT);
	/* Nothing is heard any more from where it came before. */
	says(m, m->from[1], MESSAGE_SHORTCUT);
	assert_false(m->exchange.switched);
	says(m, from[1], MESSAGE_SHORTCUT);
	assert_true(m->exchange.switched);
	client_begins(m);
	exchange_flush(&m->exchange);
	assert_int_equal(read(to[0], frame, FRAME_HEADER), FRAME_HEADER);
	assert_int_equal(frame[4], MESSAGE_START);
	assert_false(m->broken);
	says(m, from[1], MESSAGE_SHORTCUT);
	assert_true(m->broken);
	model_close(m);
	client_leaves(m, m->command);
	for (int i = 0; i < 2; i++) {
		file_close(&from[i]);
		file_close(&to[i]);
	}
	free(m);
}

static void
test_shortcut_unasked(void **state)
{
	struct model *m = mem_zero(1, sizeof(*m));

	(void)state;
	model_open(m, 1);
	model_greets(m);
	says(m, m->from[1], MESSAGE_SHORTCUT);
	assert_true(m->broken);
	assert_false(m->exchange.switched);
	model_close(m);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model),
	    cmocka_unit_test(test_many_small_frames),
	    cmocka_unit_test(test_shortcut),
	    cmocka_unit_test(test_shortcut_unasked) };

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
