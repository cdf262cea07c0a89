/* SPDX-License-Identifier: ISC */
/* The model of many commands, and the agent that it has. */
#ifndef TESTS_UNIT_EXCHANGE_H
#define TESTS_UNIT_EXCHANGE_H

#include "unit.h"

#include "keeper/exchange.h"
#include "wire/frame.h"

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

/* A number below MOST, of the model's own row of them. */
uint32_t chance(struct model *, uint32_t most);

/* What stream S of command I has at OFFSET; 2: its stdin. */
void fill(uint8_t *bytes, size_t i, int s, uint32_t offset, uint32_t n);
void check(const uint8_t *bytes, size_t i, int s, uint32_t offset, uint32_t n);

/* The agent takes what has come; says something; and some bytes of it go. */
void agent_listens(struct model *);
void agent_speaks(struct model *);
void agent_writes(struct model *);

#endif
