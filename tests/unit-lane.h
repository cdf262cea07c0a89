/* SPDX-License-Identifier: ISC */
/* Lanes under test: pipes in, relays, one outlet, and what comes out of it. */
#ifndef TESTS_UNIT_LANE_H
#define TESTS_UNIT_LANE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "run/lane.h"
#include "run/loop.h"
#include "run/outlet.h"
#include "run/relay.h"

#define DEADLINE_MS	20000
#define KIB		1024
#define MIB		(1024 * 1024)
#define LANES_MOST	100

struct source {
	struct relay relay;
	struct lane lane;
	char prefix[16];
	int write_end;		/* or -1 */
	struct buf sent;
	size_t put;		/* how much of that is in the pipe */
	int broken, cause, ended;
};

struct lanes {
	struct loop loop;
	struct outlet outlet;
	struct loop_timer tick;
	struct source sources[LANES_MOST];
	int count;
	int read_end, out;
	struct buf got;
	int broken, cause;
};

/* For cmocka: *STATE is a struct lanes. */
int lanes_set_up(void **state);
int lanes_tear_down(void **state);

#define LANES_TEST(name) \
	cmocka_unit_test_setup_teardown(name, lanes_set_up, lanes_tear_down)

/* One more lane; its prefix is its number and a blank, or PREFIX. */
struct source *lanes_add(struct lanes *);
struct source *lanes_add_with(struct lanes *, const char *prefix);

/* The same with a judge of its first bytes. */
struct source *lanes_add_held(struct lanes *,
    int (*hold)(const char *bytes, size_t len));

/* One round of the loop, which waits for nothing longer than a moment. */
void lanes_turn(struct lanes *);
void lanes_receive(struct lanes *, size_t most);

/* Put what SOURCE has left to send into its pipe, as much as goes. */
void source_put(struct source *, size_t most);
void source_text(struct source *, const char *text);
void source_fill(struct source *, char byte, size_t len);

/* Send everything by pieces of PUT, close, and receive it by GET. */
void lanes_carry(struct lanes *, size_t put, size_t get);

/* Turn until CONDITION holds; fails at a deadline. */
#define LANES_UNTIL(f, condition) do { \
	int64_t until_ = clock_now() + DEADLINE_MS; \
	while (!(condition)) { \
		lanes_turn(f); \
		assert_true(clock_now() < until_); \
	} \
} while (0)

#endif
