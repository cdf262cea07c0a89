/* SPDX-License-Identifier: ISC */
/*
 * A call through a warm connection, as dexec sees it: what it makes of whatever
 * the keeper says, in any pieces.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "container/warm.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/passing.h"
#include "wire/start.h"

#define DEADLINE_MS	5000

static char directory[64];
static const char *command[] = { "true", NULL };

static struct loop loop;
static struct warm warm;
static struct buf story;
static int keeper;		/* our end, as the keeper's */

static void
tell_declined(void *arg, const char *why)
{
	(void)arg;
	buf_addf(&story, "declined %s;", why);
}

static void
tell_started(void *arg)
{
	(void)arg;
	buf_addf(&story, "started;");
}

static void
tell_swept(void *arg, int hit, int left, bool main_lives)
{
	(void)arg;
	buf_addf(&story, "swept %d %d %d;", hit, left, main_lives);
}

static void
tell_ended(void *arg, int status)
{
	(void)arg;
	buf_addf(&story, "ended %d;", status);
}

static void
tell_lost(void *arg, const char *why)
{
	(void)arg;
	buf_addf(&story, "lost %s;", why);
}

/* A listening keeper, and a call that has come to it. */
static int
call_keeper(void **state)
{
	struct start start = { .flags = 0, .cookie = "0", .directory = "",
	    .argv = (char *const *)command };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	int pipes[3] = { -1, STDOUT_FILENO, STDERR_FILENO };
	struct error e = { 0 };

	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/unit-warm-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/s", directory);
	assert_int_equal(bind(listening, (struct sockaddr *)&at, sizeof(at)),
	    0);
	assert_int_equal(listen(listening, 1), 0);
	assert_true(warm_connect(&warm, at.sun_path));
	keeper = accept(listening, NULL, NULL);
	close(listening);
	unlink(at.sun_path);
	assert_int_equal(loop_init(&loop, &e), 0);
	warm.hooks = (struct warm_hooks){ .declined = tell_declined,
	    .started = tell_started, .swept = tell_swept, .ended = tell_ended,
	    .lost = tell_lost };
	warm_call(&warm, &loop, "key", &start, pipes);
	return 0;
}

static int
hang_up(void **state)
{
	(void)state;
	if (keeper != -1)
		close(keeper);
	warm_clear(&warm);
	loop_clear(&loop);
	buf_clear(&story);
	return rmdir(directory);
}

static void
say(uint8_t type, const char *payload, size_t n)
{
	uint8_t bytes[FRAME_HEADER + 64];

	frame_header(bytes, 0, type, (uint32_t)n);
	memcpy(bytes + FRAME_HEADER, payload, n);
	/* A byte at a time: a frame may come in any pieces. */
	for (size_t i = 0; i < FRAME_HEADER + n; i++)
		assert_int_equal(file_write(keeper, bytes + i, 1), 0);
}

static void
leave(void)
{
	close(keeper);
	keeper = -1;
}

static void
stop_waiting(void *arg)
{
	*(bool *)arg = true;
}

/* Turn the loop until the story is EXPECTED, or the deadline has passed. */
static void
expect(const char *expected)
{
	bool late = false;
	struct loop_timer limit = { .fire = stop_waiting, .arg = &late };
	struct error e = { 0 };

	loop_after(&loop, &limit, DEADLINE_MS);
	while (!late && strlen(buf_text(&story)) < strlen(expected))
		assert_int_equal(loop_round(&loop, &e), 0);
	loop_cancel(&loop, &limit);
	assert_string_equal(buf_text(&story), expected);
}

static void
a_call_brings_key_start_and_pipes(void **state)
{
	uint8_t bytes[512];
	struct frame_reader r = { 0 };
	struct start start;
	struct frame f;
	int fds[PASSING_MOST];
	size_t n = 0, room;
	ssize_t got = passing_receive(keeper, bytes, sizeof(bytes), fds, &n);

	(void)state;
	assert_true(got > 0);
	memcpy(frame_reader_space(&r, &room), bytes, (size_t)got);
	frame_reader_filled(&r, (size_t)got);
	assert_int_equal(frame_next(&r, &f), 1);
	assert_int_equal(f.type, MESSAGE_CALL);
	assert_int_equal(frame_get32(f.payload), 3);
	assert_memory_equal(f.payload + 4, "key", 3);
	assert_int_equal(start_decode(&start, f.payload + 7, f.length - 7), 0);
	assert_string_equal(start.argv[0], "true");
	start_clear(&start);
	frame_reader_clear(&r);
	assert_int_equal(n, 2);
	close(fds[0]);
	close(fds[1]);
}

static void
from_taken_to_its_end(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_END, "\0\3", 2);
	expect("started;ended 3;");
}

static void
a_deadly_signal_is_told_as_docker_does(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_END, "\1\11", 2);
	expect("started;ended 137;");
}

static void
declined_in_words(void **state)
{
	(void)state;
	say(MESSAGE_DECLINED, "no", 2);
	expect("declined no;");
}

static void
refused_is_surely_not_run(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_REFUSED, "\0\0\0\2", 4);
	expect("declined the agent has not started it: "
	    "No such file or directory;");
}

static void
gone_before_it_took_the_call(void **state)
{
	(void)state;
	leave();
	expect("declined its keeper is gone;");
}

static void
gone_after_that_nobody_knows(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	leave();
	expect("lost its keeper is gone;");
}

static void
lost_in_words(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_LOST, "the agent", 9);
	expect("started;lost the agent;");
}

static void
sweeps_are_answered(void **state)
{
	(void)state;
	assert_true(warm_sweep(&warm, SIGTERM, WIRE_FOLLOW));
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_SWEPT, "\0\0\0\3\0\0\0\1\1", 9);
	expect("started;swept 3 1 1;");
}

static void
nonsense_ends_it(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_END, "\0\3", 2);	/* it has not started */
	expect("lost what it says makes no sense;");
}

static void
nonsense_before_it_was_taken_is_no_loss(void **state)
{
	(void)state;
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	expect("declined what it says makes no sense;");
}

static void
a_keeper_that_says_nothing_is_not_waited_for(void **state)
{
	(void)state;
	expect("declined its keeper is gone;");
}

#define CALL_TEST(name) \
	cmocka_unit_test_setup_teardown(name, call_keeper, hang_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_TEST(a_call_brings_key_start_and_pipes),
		CALL_TEST(from_taken_to_its_end),
		CALL_TEST(a_deadly_signal_is_told_as_docker_does),
		CALL_TEST(declined_in_words),
		CALL_TEST(refused_is_surely_not_run),
		CALL_TEST(gone_before_it_took_the_call),
		CALL_TEST(gone_after_that_nobody_knows),
		CALL_TEST(lost_in_words),
		CALL_TEST(sweeps_are_answered),
		CALL_TEST(nonsense_ends_it),
		CALL_TEST(nonsense_before_it_was_taken_is_no_loss),
		CALL_TEST(a_keeper_that_says_nothing_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
