/* SPDX-License-Identifier: ISC */
/*
 * Many commands at once through an exchange, in any order that chance makes,
 * against a simple reference: what an agent has said of a command comes to its
 * client, whole and in order, and to no other.
 */
#include "unit.h"

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

#define COMMANDS	40
#define AT_ONCE		12
#define INPUT_MOST	300000
#define OUTPUT_MOST	1200000

/* One command: what its client shall see, and where both sides are. */
struct command {
	bool begun, refused, leaves, gone, done;
	uint32_t channel;
	uint8_t status;
	int client, in, out[2];

	/* The agent's side. */
	bool answered, ended[2], over, forgotten;
	uint32_t size[2], sent[2], room[2], input, got_input, owed;
	bool input_ended;

	/* The client's side. */
	uint32_t given, got[2];
	bool closed[2];
	struct frame_reader said;
	uint8_t expect;		/* the next message */
};

struct model {
	uint64_t seed;
	struct loop loop;
	struct exchange exchange;
	int from[2], to[2];
	struct frame_writer out;
	struct frame_reader in;
	struct command command[COMMANDS];
	size_t begun, done;
	bool broken;
};

static uint32_t
chance(struct model *m, uint32_t most)
{
	m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(m->seed >> 33) % most;
}

/* What stream S of command I has at OFFSET; 2: its stdin. */
static uint8_t
byte_at(size_t i, int s, uint32_t offset)
{
	return (uint8_t)(i * 31 + (size_t)s * 7 + offset * 13 + (offset >> 8));
}

static void
fill(uint8_t *bytes, size_t i, int s, uint32_t offset, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		bytes[k] = byte_at(i, s, offset + k);
}

static void
check(const uint8_t *bytes, size_t i, int s, uint32_t offset, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		assert_int_equal(bytes[k], byte_at(i, s, offset + k));
}

/* ---- hooks ---- */

static void
hello(void *arg, uint32_t pid, uint32_t uid)
{
	(void)arg;
	assert_int_equal(pid, 7);
	assert_int_equal(uid, 8);
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

/* ---- the agent ---- */

static struct command *
on_channel(struct model *m, uint32_t channel)
{
	for (size_t i = 0; i < m->begun; i++)
		if (m->command[i].channel == channel)
			return &m->command[i];
	return NULL;
}

/* Commands are recognized by their argv: their number. */
static void
agent_start(struct model *m, const struct frame *f)
{
	struct command *c;
	struct start s;
	size_t i;

	assert_int_equal(start_decode(&s, f->payload, f->length), 0);
	i = strtoul(s.argv[0], NULL, 10);
	assert_true(i < m->begun);
	c = &m->command[i];
	assert_int_equal(c->channel, 0);
	c->channel = f->channel;
	start_clear(&s);
}

static void
agent_hears(struct model *m, const struct frame *f)
{
	struct command *c = on_channel(m, f->channel);

	if (f->type == MESSAGE_START) {
		assert_null(c);
		agent_start(m, f);
		return;
	}
	assert_non_null(c);
	switch (f->type) {
	case MESSAGE_STDIN:
		assert_false(c->input_ended);
		check(f->payload, (size_t)(c - m->command), 2, c->got_input,
		    f->length);
		c->got_input += f->length;
		c->owed += f->length;
		assert_true(c->owed <= WIRE_WINDOW_IN);
		c->input_ended = f->length == 0;
		break;
	case MESSAGE_CREDIT:
		c->room[f->payload[0] - 1] += frame_get32(f->payload + 1);
		assert_true(c->room[f->payload[0] - 1] <= WIRE_WINDOW_OUT);
		break;
	case MESSAGE_FORGET:
		assert_true(c->leaves);
		c->forgotten = true;
		break;
	default:
		fail();
	}
}

static void
agent_listens(struct model *m)
{
	struct frame f;
	size_t room;
	uint8_t *space = frame_reader_space(&m->in, &room);
	ssize_t n = read(m->to[0], space, 1 + chance(m, (uint32_t)room));

	if (n > 0)
		frame_reader_filled(&m->in, (size_t)n);
	while (frame_next(&m->in, &f) == 1)
		agent_hears(m, &f);
}

static void
agent_data(struct model *m, struct command *c, int s)
{
	uint8_t bytes[WIRE_DATA_MAX];
	uint32_t n = chance(m, 3) == 0 ? chance(m, 100) + 1 :
	    chance(m, WIRE_DATA_MAX) + 1;

	if (c->ended[s])
		return;
	if (n > c->size[s] - c->sent[s])
		n = c->size[s] - c->sent[s];
	if (n > c->room[s])
		n = c->room[s];
	if (n == 0 && c->sent[s] < c->size[s])
		return;
	fill(bytes, (size_t)(c - m->command), s, c->sent[s], n);
	frame_put(&m->out, c->channel, (uint8_t)(MESSAGE_STDOUT + s), bytes, n);
	c->sent[s] += n;
	c->room[s] -= n;
	c->ended[s] = n == 0;
}

static void
agent_credit(struct model *m, struct command *c)
{
	uint8_t credit[5] = { 0 };

	if (c->owed == 0)
		return;
	frame_put32(credit + 1, c->owed);
	frame_put(&m->out, c->channel, MESSAGE_CREDIT, credit, sizeof(credit));
	c->owed = 0;
}

static void
agent_ends(struct model *m, struct command *c)
{
	uint8_t end[2] = { WIRE_EXIT, c->status };

	if (!c->forgotten &&
	    (!c->ended[0] || !c->ended[1] || c->got_input < c->input))
		return;
	frame_put(&m->out, c->channel, MESSAGE_END, end, sizeof(end));
	c->over = true;
}

static void
agent_answers(struct model *m, struct command *c)
{
	static const uint8_t number[4] = { 0, 0, 0, 42 };

	c->answered = true;
	frame_put(&m->out, c->channel, c->refused ? MESSAGE_REFUSED :
	    MESSAGE_STARTED, number, sizeof(number));
	c->over = c->refused;
}

/* Something about one of the commands, whatever chance says. */
static void
agent_speaks(struct model *m)
{
	struct command *c = &m->command[chance(m, COMMANDS)];

	if (c->channel == 0 || c->over ||
	    frame_waiting(&m->out) > 4 * WIRE_DATA_MAX)
		return;
	if (!c->answered) {
		agent_answers(m, c);
		return;
	}
	switch (chance(m, 4)) {
	case 0:
		agent_credit(m, c);
		break;
	case 1:
		agent_ends(m, c);
		break;
	default:
		agent_data(m, c, (int)chance(m, 2));
	}
}

/* In pieces that have nothing to do with frames. */
static void
agent_writes(struct model *m)
{
	size_t n = frame_waiting(&m->out);
	ssize_t done;

	if (n == 0)
		return;
	if (chance(m, 2) == 0)
		n = 1 + chance(m, (uint32_t)n);
	done = write(m->from[1], m->out.data + m->out.start, n);
	if (done > 0)
		m->out.start += (size_t)done;
	/* The writer puts itself in order when it is empty. */
	if (frame_waiting(&m->out) == 0)
		frame_write(&m->out, m->from[1]);
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
turn(struct model *m)
{
	ERROR_AUTO struct error e = { 0 };
	struct loop_timer now = { .fire = nothing };

	loop_after(&m->loop, &now, 0);
	assert_int_equal(loop_round(&m->loop, &e), 0);
	loop_cancel(&m->loop, &now);
	exchange_flush(&m->exchange);
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
	static const uint8_t greeting[12] = { 0, 0, 0, WIRE_VERSION, 0, 0, 0, 7,
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

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_model) };

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
