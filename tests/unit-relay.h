/* SPDX-License-Identifier: ISC */
/* A relay under test: a loop, the two ends, and what has become of it. */
#ifndef TESTS_UNIT_RELAY_H
#define TESTS_UNIT_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "run/loop.h"
#include "run/relay.h"

#define DEADLINE_MS	10000
#define MIB		(1024 * 1024)

struct rig {
	struct loop loop;
	struct relay relay;
	struct loop_timer tick;
	int write_end;		/* of the pipe that is relayed, or -1 */
	int read_end;		/* where it comes out, or -1 */
	struct buf sent, got;
	int broken, cause, ended, before, after;
};

/* For cmocka: *STATE is a struct rig. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

#define RIG_TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

/* Relay to OUT, a descriptor that stays the test's. */
void rig_start(struct rig *, int out);

/* Relay to a new pipe, whose write end is returned: the test's to close. */
int rig_start_to_pipe(struct rig *);

/* Make `sent` SIZE bytes of a pattern that does not repeat soon. */
void rig_prepare(struct rig *, size_t size);

/* One round of the loop, which waits for nothing longer than a moment. */
void rig_turn(struct rig *);

/* Read at most MOST bytes of what has come out. */
void rig_receive(struct rig *, size_t most);

/* Turn and receive until SIZE bytes have come out. */
void rig_expect(struct rig *, size_t size);

/* Send all that is prepared by writes of at most PUT, and receive by GET. */
void rig_carry(struct rig *, size_t put, size_t get);

void rig_assert_all_arrived(const struct rig *);

/* A judge for relay_hooks: holds while all bytes are 'h', for a while. */
#define RIG_PATIENCE	300	/* ms */
int rig_hold_h(const char *bytes, size_t len);

void set_nonblock(int fd);

#endif
