/* SPDX-License-Identifier: ISC */
/*
 * The outlet: room, turns, one that has it alone, terminals, two descriptors
 * for the same file, and readers that leave.
 */
#include "unit.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "run/outlet.h"

#define DEADLINE_MS	20000
#define KIB		1024

struct writer {
	struct outlet_writer writer;
	struct rig *rig;
	char name;
	bool greedy;		/* gives until there is no room, and waits */
	int broken;
};

struct rig {
	struct loop loop;
	struct outlet outlet;
	struct loop_timer tick;
	struct writer writers[5];
	int ends[2];
	struct buf got, calls;	/* what came out, who was called */
	int broken, cause, drained, before, after;
};

static void
on_tick(void *arg)
{
	(void)arg;
}

static void
on_before(void *arg)
{
	((struct rig *)arg)->before++;
}

static void
on_after(void *arg)
{
	((struct rig *)arg)->after++;
}

static void
on_broken(void *arg, int cause)
{
	struct rig *f = arg;

	f->broken++;
	f->cause = cause;
}

static void
on_drained(void *arg)
{
	((struct rig *)arg)->drained++;
}

static void
give(struct rig *f, int i, const char *text)
{
	buf_add_text(outlet_give(&f->outlet, &f->writers[i].writer), text);
	outlet_given(&f->outlet);
}

static void
give_much(struct rig *f, int i, size_t len)
{
	struct buf *to = outlet_give(&f->outlet, &f->writers[i].writer);

	memset(buf_reserve(to, len), f->writers[i].name, len);
	to->len += len;
	outlet_given(&f->outlet);
}

static void
writer_ready(void *arg)
{
	struct writer *w = arg;

	buf_add_byte(&w->rig->calls, w->name);
	if (!w->greedy)
		return;
	while (outlet_has_room(&w->rig->outlet, &w->writer))
		give_much(w->rig, w->name - 'a', 64 * KIB);
	outlet_wait(&w->rig->outlet, &w->writer);
}

static void
writer_broken(void *arg, int cause)
{
	struct writer *w = arg;

	assert_int_equal(cause, w->rig->cause);
	w->broken++;
}

static void
open_on(struct rig *f, int fd)
{
	outlet_open(&f->outlet, &f->loop, fd);
	f->outlet.hooks = (struct outlet_hooks){ .before_write = on_before,
	    .after_write = on_after, .broken = on_broken,
	    .drained = on_drained, .arg = f };
	for (int i = 0; i < 5; i++) {
		f->writers[i] = (struct writer){ .rig = f,
		    .name = (char)('a' + i) };
		f->writers[i].writer = (struct outlet_writer){
		    .ready = writer_ready, .broken = writer_broken,
		    .arg = &f->writers[i] };
		outlet_join(&f->outlet, &f->writers[i].writer);
	}
}

static int
set_up(void **state)
{
	struct rig *f = calloc(1, sizeof(*f));
	struct error e = { 0 };

	signal(SIGPIPE, SIG_IGN);
	assert_non_null(f);
	assert_int_equal(loop_init(&f->loop, &e), 0);
	f->tick.fire = on_tick;
	assert_int_equal(file_pipe(f->ends, 0), 0);
	open_on(f, f->ends[1]);
	*state = f;
	return 0;
}

static void
close_rig(struct rig *f)
{
	for (int i = 0; i < 5; i++) {
		outlet_leave(&f->outlet, &f->writers[i].writer);
		outlet_leave(&f->outlet, &f->writers[i].writer);
	}
	outlet_close(&f->outlet);
	file_close(&f->ends[0]);
	file_close(&f->ends[1]);
}

static int
tear_down(void **state)
{
	struct rig *f = *state;

	close_rig(f);
	loop_cancel(&f->loop, &f->tick);
	loop_clear(&f->loop);
	buf_clear(&f->got);
	buf_clear(&f->calls);
	free(f);
	return 0;
}

static void
turn(struct rig *f)
{
	struct error e = { 0 };

	loop_after(&f->loop, &f->tick, 1);
	assert_int_equal(loop_round(&f->loop, &e), 0);
}

static void
receive(struct rig *f, size_t most)
{
	ssize_t n = read(f->ends[0], buf_reserve(&f->got, most), most);

	if (n <= 0)
		return;
	f->got.len += (size_t)n;
	f->got.data[f->got.len] = '\0';
}

#define UNTIL(f, condition) do { \
	int64_t until_ = clock_now() + DEADLINE_MS; \
	while (!(condition)) { \
		turn(f); \
		assert_true(clock_now() < until_); \
	} \
} while (0)

static void
bytes_come_out_in_the_order_given(void **state)
{
	struct rig *f = *state;

	assert_true(outlet_drained(&f->outlet));
	give(f, 0, "one\n");
	give(f, 1, "two\n");
	give(f, 0, "three\n");
	assert_false(outlet_drained(&f->outlet));
	UNTIL(f, f->drained == 1);
	assert_true(outlet_drained(&f->outlet));
	receive(f, 100);
	assert_string_equal(f->got.data, "one\ntwo\nthree\n");
	assert_int_equal(f->before + f->after, 0);
}

/* Until also the pipe, which is widened, takes no more. */
static void
fill(struct rig *f)
{
	unsigned long before;

	do {
		before = f->outlet.steps;
		while (outlet_has_room(&f->outlet, &f->writers[0].writer))
			give_much(f, 0, 64 * KIB);
		for (int i = 0; i < 5; i++)
			turn(f);
	} while (f->outlet.steps > before);
}

static void
room_ends_and_comes_back(void **state)
{
	struct rig *f = *state;

	fill(f);
	assert_in_range(f->outlet.pending.len, 256 * KIB, 320 * KIB);
	outlet_wait(&f->outlet, &f->writers[0].writer);
	for (int i = 0; i < 10; i++)
		turn(f);
	assert_int_equal(f->calls.len, 0);
	while (f->calls.len == 0) {
		receive(f, 10000);
		turn(f);
	}
	assert_true(outlet_has_room(&f->outlet, &f->writers[0].writer));
}

static void
turns_are_in_the_order_of_coming(void **state)
{
	struct rig *f = *state;
	static const int order[] = { 3, 0, 4, 1, 2 };

	give_much(f, 0, 256 * KIB);
	for (int i = 0; i < 5; i++) {
		f->writers[order[i]].greedy = true;
		outlet_wait(&f->outlet, &f->writers[order[i]].writer);
		outlet_wait(&f->outlet, &f->writers[order[i]].writer);
	}
	while (f->calls.len < 20) {
		receive(f, 65536);
		turn(f);
		assert_true(f->outlet.pending.len <= 512 * KIB);
	}
	for (int i = 0; i < 20; i++)
		assert_int_equal(f->calls.data[i], 'a' + order[i % 5]);
}

static void
who_comes_when_others_wait_has_to_wait_too(void **state)
{
	struct rig *f = *state;

	outlet_wait(&f->outlet, &f->writers[1].writer);
	assert_false(outlet_has_room(&f->outlet, &f->writers[0].writer));
	UNTIL(f, f->calls.len == 1);
	assert_true(outlet_has_room(&f->outlet, &f->writers[0].writer));
}

static void
one_has_it_alone_until_it_is_released(void **state)
{
	struct rig *f = *state;

	give(f, 1, "before\n");
	assert_true(outlet_hold(&f->outlet, &f->writers[0].writer));
	assert_true(outlet_hold(&f->outlet, &f->writers[0].writer));
	assert_false(outlet_hold(&f->outlet, &f->writers[1].writer));
	assert_false(outlet_has_room(&f->outlet, &f->writers[1].writer));
	assert_true(outlet_has_room(&f->outlet, &f->writers[0].writer));
	give(f, 0, "in two ");
	outlet_wait(&f->outlet, &f->writers[2].writer);
	give(f, 1, "rude\n");
	UNTIL(f, f->outlet.steps > 0);
	for (int i = 0; i < 10; i++)
		turn(f);
	assert_int_equal(f->calls.len, 0);
	assert_false(outlet_drained(&f->outlet));
	give(f, 0, "pieces\n");
	outlet_release(&f->outlet, &f->writers[0].writer);
	UNTIL(f, f->calls.len == 1 && outlet_drained(&f->outlet));
	receive(f, 100);
	assert_string_equal(f->got.data, "before\nin two pieces\nrude\n");
}

static void
who_leaves_holds_up_nobody(void **state)
{
	struct rig *f = *state;

	assert_true(outlet_hold(&f->outlet, &f->writers[0].writer));
	outlet_wait(&f->outlet, &f->writers[1].writer);
	outlet_wait(&f->outlet, &f->writers[2].writer);
	outlet_leave(&f->outlet, &f->writers[1].writer);
	outlet_leave(&f->outlet, &f->writers[0].writer);
	UNTIL(f, f->calls.len == 1);
	assert_string_equal(f->calls.data, "c");
}

static void
a_reader_that_leaves_in_silence_is_noticed(void **state)
{
	struct rig *f = *state;

	give(f, 0, "x");
	UNTIL(f, outlet_drained(&f->outlet));
	outlet_leave(&f->outlet, &f->writers[4].writer);
	file_close(&f->ends[0]);
	UNTIL(f, f->broken == 1);
	assert_int_equal(f->cause, EPIPE);
	for (int i = 0; i < 5; i++)
		assert_int_equal(f->writers[i].broken, i < 4);
	give(f, 0, "into nothing");
	outlet_wait(&f->outlet, &f->writers[0].writer);
	for (int i = 0; i < 10; i++)
		turn(f);
	assert_int_equal(f->broken, 1);
	assert_true(outlet_drained(&f->outlet));
	assert_true(outlet_has_room(&f->outlet, &f->writers[0].writer));
	assert_int_equal(f->outlet.pending.len, 0);
}

/* A reader that has not been given anything may still be on its way. */
static void
a_reader_that_had_nothing_yet_is_no_break(void **state)
{
	struct rig *f = *state;

	file_close(&f->ends[0]);
	outlet_wait(&f->outlet, &f->writers[0].writer);
	UNTIL(f, f->calls.len == 1);
	for (int i = 0; i < 20; i++)
		turn(f);
	assert_int_equal(f->broken, 0);
	give(f, 0, "x");
	UNTIL(f, f->broken == 1);
	assert_int_equal(f->cause, EPIPE);
}

static void
a_full_disk_is_a_break(void **state)
{
	struct rig *f = *state;

	close_rig(f);
	f->ends[1] = open("/dev/full", O_WRONLY | O_CLOEXEC);
	open_on(f, f->ends[1]);
	give(f, 0, "x");
	UNTIL(f, f->broken == 1);
	assert_int_equal(f->cause, ENOSPC);
	assert_int_equal(f->drained, 1);
}

static void
flags_are_left_alone_and_nothing_lost(void **state)
{
	struct rig *f = *state;
	int flags;

	for (int kind = 0; kind < 2; kind++) {
		close_rig(f);
		buf_clear(&f->got);
		if (kind == 0)
			assert_int_equal(pipe(f->ends), 0);
		else
			assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0,
			    f->ends), 0);
		open_on(f, f->ends[1]);
		flags = fcntl(f->ends[1], F_GETFL);
		fcntl(f->ends[0], F_SETFL, O_NONBLOCK);
		give_much(f, kind, 1000000);
		while (f->got.len < 1000000) {
			receive(f, 30000);
			turn(f);
		}
		assert_int_equal(f->got.data[999999], 'a' + kind);
		assert_int_equal(fcntl(f->ends[1], F_GETFL), flags);
	}
}

/* What is drawn there may come back only where a line begins. */
static void
a_terminal_is_announced(void **state)
{
	struct rig *f = *state;

	close_rig(f);
	assert_int_equal(openpty(&f->ends[0], &f->ends[1], NULL, NULL, NULL),
	    0);
	open_on(f, f->ends[1]);
	give(f, 0, "begun");
	UNTIL(f, outlet_drained(&f->outlet));
	assert_int_equal(f->before, 1);
	assert_int_equal(f->after, 0);
	give(f, 0, " done\n");
	UNTIL(f, outlet_drained(&f->outlet));
	assert_int_equal(f->before, 2);
	assert_int_equal(f->after, 1);
	while (f->got.len < 12)
		receive(f, 100);
	assert_string_equal(f->got.data, "begun done\r\n");
}

static int
open_flags(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);

	assert_int_not_equal(fd, -1);
	return fd;
}

/* Whether OUT and ERR, which are closed then, have one outlet. */
static bool
are_one(struct rig *f, int out, int err)
{
	struct outlets both;
	bool one;

	outlets_open(&both, &f->loop, out, err);
	one = both.out == both.err;
	assert_true(outlets_drained(&both));
	outlets_close(&both);
	close(out);
	close(err);
	return one;
}

static void
the_same_file_twice_is_one_outlet(void **state)
{
	struct rig *f = *state;
	int tty[2], other[2];
	char name[64];

	assert_int_equal(openpty(&tty[0], &tty[1], name, NULL, NULL), 0);
	assert_int_equal(pipe(other), 0);
	assert_true(are_one(f, dup(f->ends[1]), dup(f->ends[1])));
	assert_true(are_one(f, dup(tty[1]), open_flags(name, O_RDWR)));
	assert_false(are_one(f, dup(tty[1]), dup(f->ends[1])));
	assert_false(are_one(f, dup(other[1]), dup(f->ends[1])));
	assert_true(are_one(f, open_flags("/dev/null", O_WRONLY),
	    open_flags("/dev/null", O_WRONLY)));
	/* One was closed, and the other is where it was sent. */
	assert_false(are_one(f, open_flags("/dev/null", O_RDONLY),
	    open_flags("/dev/null", O_WRONLY)));
	for (int i = 0; i < 2; i++) {
		close(tty[i]);
		close(other[i]);
	}
}

#define RIG_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(bytes_come_out_in_the_order_given),
		RIG_TEST(room_ends_and_comes_back),
		RIG_TEST(turns_are_in_the_order_of_coming),
		RIG_TEST(who_comes_when_others_wait_has_to_wait_too),
		RIG_TEST(one_has_it_alone_until_it_is_released),
		RIG_TEST(who_leaves_holds_up_nobody),
		RIG_TEST(a_reader_that_leaves_in_silence_is_noticed),
		RIG_TEST(a_reader_that_had_nothing_yet_is_no_break),
		RIG_TEST(a_full_disk_is_a_break),
		RIG_TEST(flags_are_left_alone_and_nothing_lost),
		RIG_TEST(a_terminal_is_announced),
		RIG_TEST(the_same_file_twice_is_one_outlet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
