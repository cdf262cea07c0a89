/* SPDX-License-Identifier: ISC */
/* An agent that plays by the rules, in any order that chance makes. */
#include "unit-exchange.h"

#include <unistd.h>

#include "wire/message.h"
#include "wire/start.h"

uint32_t
chance(struct model *m, uint32_t most)
{
	m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(m->seed >> 33) % most;
}

static uint8_t
byte_at(size_t i, int s, uint32_t offset)
{
	return (uint8_t)(i * 31 + (size_t)s * 7 + offset * 13 + (offset >> 8));
}

void
fill(uint8_t *bytes, size_t i, int s, uint32_t offset, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		bytes[k] = byte_at(i, s, offset + k);
}

void
check(const uint8_t *bytes, size_t i, int s, uint32_t offset, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		assert_int_equal(bytes[k], byte_at(i, s, offset + k));
}

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

void
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
void
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
void
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
