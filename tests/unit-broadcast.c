/* SPDX-License-Identifier: ISC */
/*
 * The broadcast: everybody gets the whole input, at any pace and however late,
 * and nobody makes us read more than is asked for.
 */
#include "unit.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "run/broadcast.h"

#define DEADLINE_MS	20000
#define MIB		(1024 * 1024)

struct child {
	struct receiver receiver;
	int fd;
	struct buf got;
	bool at_end;
};

struct rig {
	struct loop loop;
	struct loop_timer tick;
	struct broadcast broadcast;
	int ends[2];
	struct buf sent;
	size_t put;
	struct child children[4];
	int failed;
	char failure[200];
};

static void
on_tick(void *arg)
{
	(void)arg;
}

static void
on_failed(void *arg, const struct error *e)
{
	struct rig *f = arg;

	f->failed++;
	strncpy(f->failure, e->text, sizeof(f->failure) - 1);
}

static void
open_on(struct rig *f, int input)
{
	struct error e = { 0 };

	assert_int_equal(broadcast_open(&f->broadcast, &f->loop, input, &e),
	    0);
	f->broadcast.failed = on_failed;
	f->broadcast.arg = f;
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
	for (int i = 0; i < 4; i++)
		f->children[i].fd = -1;
	assert_int_equal(file_pipe(f->ends, 1), 0);
	open_on(f, f->ends[0]);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *f = *state;

	for (int i = 0; i < 4; i++) {
		file_close(&f->children[i].fd);
		buf_clear(&f->children[i].got);
	}
	receiver_clear(&f->children[0].receiver);
	broadcast_close(&f->broadcast);
	broadcast_close(&f->broadcast);
	receiver_clear(&f->children[0].receiver);
	loop_cancel(&f->loop, &f->tick);
	loop_clear(&f->loop);
	file_close(&f->ends[0]);
	file_close(&f->ends[1]);
	buf_clear(&f->sent);
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

#define UNTIL(f, condition) do { \
	int64_t until_ = clock_now() + DEADLINE_MS; \
	while (!(condition)) { \
		turn(f); \
		assert_true(clock_now() < until_); \
	} \
} while (0)

static struct child *
join(struct rig *f, int i)
{
	struct child *c = &f->children[i];
	struct error e = { 0 };

	c->fd = broadcast_join(&f->broadcast, &c->receiver, &e);
	assert_int_not_equal(c->fd, -1);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	return c;
}

static bool
receive(struct child *c, size_t most)
{
	ssize_t n = read(c->fd, buf_reserve(&c->got, most), most);

	if (n == 0)
		c->at_end = true;
	if (n > 0)
		c->got.len += (size_t)n;
	return c->at_end;
}

static void
prepare(struct rig *f, size_t size)
{
	uint32_t x = 1;

	for (size_t i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		buf_add_byte(&f->sent, (char)(x >> 24));
	}
}

/* Put what is prepared into the input, as much as goes; then its end. */
static void
put(struct rig *f)
{
	size_t left = f->sent.len - f->put;
	ssize_t n = 0;

	if (left > 0)
		n = write(f->ends[1], f->sent.data + f->put, left);
	if (n > 0)
		f->put += (size_t)n;
	if (f->put == f->sent.len)
		file_close(&f->ends[1]);
}

static void
assert_has_all(const struct rig *f, const struct child *c)
{
	assert_true(c->at_end);
	assert_int_equal(c->got.len, f->sent.len);
	if (f->sent.len > 0)
		assert_memory_equal(c->got.data, f->sent.data, f->sent.len);
	assert_null(c->receiver.broadcast);
}

static void
all_get_all_at_their_pace(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0), *b = join(f, 1);

	prepare(f, 3 * MIB + 5);
	UNTIL(f, (put(f), receive(a, 65536) & receive(b, 9000)));
	assert_has_all(f, a);
	assert_has_all(f, b);
}

static void
who_joins_late_gets_it_from_the_beginning(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0), *b, *c;

	prepare(f, 2 * MIB);
	UNTIL(f, (put(f), receive(a, 65536), a->got.len > MIB));
	b = join(f, 1);
	UNTIL(f, (put(f), receive(a, 65536) & receive(b, 65536)));
	c = join(f, 2);
	UNTIL(f, receive(c, 65536));
	assert_has_all(f, a);
	assert_has_all(f, b);
	assert_has_all(f, c);
}

static void
an_empty_input_has_an_end(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0), *b;

	put(f);
	UNTIL(f, receive(a, 1));
	b = join(f, 1);
	UNTIL(f, receive(b, 1));
	assert_has_all(f, a);
	assert_has_all(f, b);
}

/* What comes is passed on at once, not when there is much. */
static void
a_dialogue_works(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0), *b = join(f, 1);

	for (size_t i = 1; i < 20; i++) {
		assert_int_equal(write(f->ends[1], "x", 1), 1);
		UNTIL(f, (receive(a, 10), receive(b, 10), a->got.len == i &&
		    b->got.len == i));
	}
	assert_false(a->at_end);
}

static void
one_that_stops_reading_holds_up_nobody(void **state)
{
	struct rig *f = *state;
	struct child *a, *stopped = join(f, 1);

	a = join(f, 0);
	prepare(f, 4 * MIB);
	UNTIL(f, (put(f), receive(a, 65536)));
	assert_has_all(f, a);
	assert_int_equal(stopped->got.len, 0);
	UNTIL(f, receive(stopped, 65536));
	assert_has_all(f, stopped);
}

static void
one_that_goes_away_is_forgotten(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0), *gone = join(f, 1), *idle = join(f, 2);

	assert_int_equal(write(f->ends[1], "x", 1), 1);
	UNTIL(f, (receive(idle, 1), idle->got.len == 1));
	file_close(&idle->fd);
	UNTIL(f, idle->receiver.broadcast == NULL);
	prepare(f, 2 * MIB);
	f->sent.data[0] = 'x';
	f->put = 1;
	UNTIL(f, (put(f), receive(a, 65536), a->got.len > MIB));
	file_close(&gone->fd);
	UNTIL(f, (put(f), receive(a, 65536)));
	assert_has_all(f, a);
	assert_null(gone->receiver.broadcast);
	assert_int_equal(f->failed, 0);
}

static void
no_more_is_read_than_is_asked_for(void **state)
{
	struct rig *f = *state;
	struct child *a;
	size_t before;

	prepare(f, 8 * MIB);
	for (int i = 0; i < 100; i++)
		put(f), turn(f);
	assert_int_equal(f->broadcast.size, 0);
	a = join(f, 0);
	join(f, 1);
	do {
		before = f->put;
		for (int i = 0; i < 50; i++)
			put(f), turn(f);
	} while (f->put > before);
	assert_in_range(f->broadcast.size, MIB, 2 * MIB);
	UNTIL(f, (put(f), receive(a, 65536)));
	assert_has_all(f, a);
}

/* The fastest sets the pace; when it goes, the others do. */
static void
nothing_is_read_for_those_that_are_gone(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0);

	prepare(f, 8 * MIB);
	UNTIL(f, (put(f), receive(a, 65536), a->got.len > MIB));
	file_close(&a->fd);
	UNTIL(f, a->receiver.broadcast == NULL);
	assert_false(f->broadcast.in.active);
	a->got.len = 0;
	a = join(f, 0);
	UNTIL(f, (put(f), receive(a, 65536)));
	assert_has_all(f, a);
}

static int
make_file(const char *text)
{
	int fd = file_temporary();

	assert_int_not_equal(fd, -1);
	assert_int_equal(file_write(fd, text, strlen(text)), 0);
	return fd;
}

static void
a_regular_file_is_opened_anew_for_each(void **state)
{
	struct rig *f = *state;
	struct child *a, *b;
	int fd = make_file("begin the rest");

	broadcast_close(&f->broadcast);
	lseek(fd, 6, SEEK_SET);
	open_on(f, fd);
	a = join(f, 0);
	assert_true(receive(a, 4) || a->got.len == 4);
	b = join(f, 1);
	UNTIL(f, receive(a, 100) & receive(b, 100));
	buf_add_text(&f->sent, "the rest");
	assert_has_all(f, a);
	assert_has_all(f, b);
	assert_int_equal(f->broadcast.file, -1);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 6);
	assert_true(fcntl(a->fd, F_GETFD) & FD_CLOEXEC);
	broadcast_close(&f->broadcast);
	close(fd);
}

/* Half of an input must not look like all of it. */
static void
a_file_that_can_not_grow_is_told_once(void **state)
{
	struct rig *f = *state;
	struct child *a = join(f, 0), *b;
	struct rlimit old, small;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 150000;
	prepare(f, MIB);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	UNTIL(f, (put(f), receive(a, 65536), f->failed > 0));
	setrlimit(RLIMIT_FSIZE, &old);
	b = join(f, 1);
	for (int i = 0; i < 50; i++) {
		turn(f);
		assert_false(receive(a, 65536) || receive(b, 65536));
	}
	assert_int_equal(f->failed, 1);
	assert_non_null(strstr(f->failure, strerror(EFBIG)));
}

static void
an_input_that_cannot_be_read_is_told_unless_closed(void **state)
{
	struct rig *f = *state;
	struct child *a;
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	broadcast_close(&f->broadcast);
	open_on(f, fd);
	a = join(f, 0);
	UNTIL(f, f->failed == 1);
	assert_non_null(strstr(f->failure, strerror(EISDIR)));
	assert_false(receive(a, 1));
	broadcast_close(&f->broadcast);
	close(fd);
	file_close(&a->fd);
	/* What stands in for a closed standard input. */
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	open_on(f, fd);
	a->at_end = false;
	a = join(f, 0);
	UNTIL(f, receive(a, 1));
	assert_int_equal(f->failed, 1);
	close(fd);
}

/* In a session whose terminal it is. */
static void
read_terminal(void)
{
	struct rig *f;
	struct child *a, *b;

	set_up((void **)&f);
	broadcast_close(&f->broadcast);
	open_on(f, STDIN_FILENO);
	assert_int_not_equal(f->broadcast.fed, -1);
	a = join(f, 0);
	b = join(f, 1);
	assert_int_equal(write(STDOUT_FILENO, "ready\n", 6), 6);
	UNTIL(f, receive(a, 100) & receive(b, 100));
	buf_add_text(&f->sent, "typed\n");
	assert_has_all(f, a);
	assert_has_all(f, b);
	tear_down((void **)&f);
}

static void
a_terminal_is_given_to_all(void **state)
{
	char seen[100] = { 0 };
	size_t len = 0;
	int terminal, status;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	(void)state;
	if (pid == 0) {
		read_terminal();
		_exit(0);
	}
	while (strstr(seen, "ready") == NULL && len < sizeof(seen) - 1)
		if (read(terminal, seen + len, 1) == 1)
			len++;
	assert_int_equal(write(terminal, "typed\n\004", 7), 7);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(terminal);
}

#define RIG_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(all_get_all_at_their_pace),
		RIG_TEST(who_joins_late_gets_it_from_the_beginning),
		RIG_TEST(an_empty_input_has_an_end),
		RIG_TEST(a_dialogue_works),
		RIG_TEST(one_that_stops_reading_holds_up_nobody),
		RIG_TEST(one_that_goes_away_is_forgotten),
		RIG_TEST(no_more_is_read_than_is_asked_for),
		RIG_TEST(nothing_is_read_for_those_that_are_gone),
		RIG_TEST(a_regular_file_is_opened_anew_for_each),
		RIG_TEST(a_file_that_can_not_grow_is_told_once),
		RIG_TEST(an_input_that_cannot_be_read_is_told_unless_closed),
		cmocka_unit_test(a_terminal_is_given_to_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
