/* SPDX-License-Identifier: ISC */
/*
 * The event loop: timers in order, children and signals told, and anything
 * added or removed inside any callback.
 */
#include "unit.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "run/loop.h"

#define DEADLINE_MS 5000

static struct loop loop;
static struct buf story;	/* what happened, a letter each */
static bool overdue;

static void
note_overdue(void *arg)
{
	(void)arg;
	overdue = true;
}

static int
set_up(void **state)
{
	struct error e = { 0 };

	(void)state;
	overdue = false;
	return loop_init(&loop, &e);
}

static int
tear_down(void **state)
{
	struct sigaction now;

	(void)state;
	buf_clear(&story);
	loop_clear(&loop);
	assert_int_equal(sigaction(SIGCHLD, NULL, &now), 0);
	assert_true(now.sa_handler == SIG_DFL);
	return 0;
}

static void
run_round(void)
{
	struct error e = { 0 };

	assert_int_equal(loop_round(&loop, &e), 0);
	assert_false(overdue);
}

/* Rounds until the story has LENGTH letters. */
static void
run_until(size_t length)
{
	struct loop_timer limit = { .fire = note_overdue };

	loop_after(&loop, &limit, DEADLINE_MS);
	while (story.len < length)
		run_round();
	loop_cancel(&loop, &limit);
}

static void
tell(void *arg)
{
	buf_add_text(&story, arg);
}

static char a[] = "a", b[] = "b", c[] = "c", d[] = "d";

/* --- timers */

static void
timers_fire_in_order_of_time(void **state)
{
	struct loop_timer first = { .fire = tell, .arg = a },
	    second = { .fire = tell, .arg = b },
	    third = { .fire = tell, .arg = c },
	    fourth = { .fire = tell, .arg = d };
	int64_t now = clock_now();

	(void)state;
	loop_at(&loop, &third, now + 20);
	loop_at(&loop, &first, now - 5);
	loop_at(&loop, &second, now + 10);
	loop_at(&loop, &fourth, now + 20);	/* as the third, but later */
	run_until(4);
	assert_string_equal(buf_text(&story), "abcd");
	assert_true(clock_now() >= now + 20);
	assert_false(first.active || second.active || third.active);
}

static void
a_timer_fires_once_and_not_early(void **state)
{
	struct loop_timer t = { .fire = tell, .arg = a },
	    later = { .fire = tell, .arg = b };
	int64_t begun = clock_now();

	(void)state;
	loop_after(&loop, &t, 30);
	run_until(1);
	assert_true(clock_now() - begun >= 30);
	loop_after(&loop, &later, 10);
	run_until(2);
	assert_string_equal(buf_text(&story), "ab");
}

static void
a_timer_set_again_moves(void **state)
{
	struct loop_timer t = { .fire = tell, .arg = a },
	    other = { .fire = tell, .arg = b };

	(void)state;
	loop_after(&loop, &t, 1);
	loop_after(&loop, &other, 10);
	loop_after(&loop, &t, 20);
	run_until(2);
	assert_string_equal(buf_text(&story), "ba");
	loop_cancel(&loop, &t);
	loop_cancel(&loop, &t);
}

static struct loop_timer victim = { .fire = tell, .arg = b };

static void
cancel_victim(void *arg)
{
	tell(arg);
	loop_cancel(&loop, &victim);
}

static void
a_timer_cancelled_by_another_does_not_fire(void **state)
{
	struct loop_timer killer = { .fire = cancel_victim, .arg = a },
	    last = { .fire = tell, .arg = c };
	int64_t now = clock_now();

	(void)state;
	loop_at(&loop, &killer, now - 3);
	loop_at(&loop, &victim, now - 2);
	loop_at(&loop, &last, now - 1);
	run_until(2);
	assert_string_equal(buf_text(&story), "ac");
}

static struct loop_timer again;

static void
set_again(void *arg)
{
	tell(arg);
	if (story.len < 5)
		loop_after(&loop, &again, 1);
}

static void
a_timer_may_set_itself_again(void **state)
{
	(void)state;
	again = (struct loop_timer){ .fire = set_again, .arg = a };
	loop_after(&loop, &again, 0);
	run_until(5);
	assert_string_equal(buf_text(&story), "aaaaa");
	assert_false(again.active);
}

/* --- watches */

static struct loop_watch watches[50];
static int ends[50][2];

static void
open_pipes(size_t n, void (*ready)(void *arg, short revents))
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(file_pipe(ends[i], 0), 0);
		watches[i] = (struct loop_watch){ .fd = ends[i][0],
		    .events = POLLIN, .ready = ready, .arg = &watches[i] };
		loop_watch(&loop, &watches[i]);
	}
}

static void
close_pipes(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		loop_unwatch(&loop, &watches[i]);
		file_close(&ends[i][0]);
		file_close(&ends[i][1]);
	}
}

static void
read_byte(void *arg, short revents)
{
	struct loop_watch *w = arg;
	char byte;

	assert_true(revents & (POLLIN | POLLHUP));
	if (read(w->fd, &byte, 1) == 1)
		buf_add_byte(&story, byte);
	else
		loop_unwatch(&loop, w);
}

static void
many_watches_are_served(void **state)
{
	(void)state;
	open_pipes(COUNT(watches), read_byte);
	for (size_t i = 0; i < COUNT(watches); i++)
		assert_int_equal(write(ends[i][1], "x", 1), 1);
	run_until(COUNT(watches));
	close_pipes(COUNT(watches));
}

static void
a_hang_up_comes_after_the_last_bytes(void **state)
{
	(void)state;
	open_pipes(1, read_byte);
	assert_int_equal(write(ends[0][1], "xyz", 3), 3);
	file_close(&ends[0][1]);
	run_until(3);
	assert_string_equal(buf_text(&story), "xyz");
	run_round();
	assert_false(watches[0].active);
	close_pipes(1);
}

static void
drop_all(void *arg, short revents)
{
	(void)revents;
	(void)arg;
	buf_add_byte(&story, 'x');
	for (size_t i = 0; i < COUNT(watches); i++)
		loop_unwatch(&loop, &watches[i]);
}

static void
what_is_unwatched_in_a_callback_is_not_called(void **state)
{
	(void)state;
	open_pipes(COUNT(watches), drop_all);
	for (size_t i = 0; i < COUNT(watches); i++)
		assert_int_equal(write(ends[i][1], "x", 1), 1);
	run_until(1);
	assert_int_equal(story.len, 1);
	close_pipes(COUNT(watches));
}

/* The watch is taken away and put back: it is new, and waits its turn. */
static void
watch_anew(void *arg, short revents)
{
	(void)arg;
	(void)revents;
	buf_add_byte(&story, 'x');
	for (size_t i = 0; i < 3; i++) {
		loop_unwatch(&loop, &watches[i]);
		loop_watch(&loop, &watches[i]);
	}
}

static void
what_is_watched_anew_waits_for_the_next_round(void **state)
{
	(void)state;
	open_pipes(3, watch_anew);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(write(ends[i][1], "x", 1), 1);
	run_round();
	assert_int_equal(story.len, 1);
	run_round();
	assert_int_equal(story.len, 2);
	close_pipes(3);
}

static void
add_more(void *arg, short revents)
{
	(void)revents;
	loop_unwatch(&loop, arg);
	buf_add_byte(&story, 'a');
	for (size_t i = 1; i < COUNT(watches); i++) {
		watches[i].ready = read_byte;
		loop_watch(&loop, &watches[i]);
	}
}

/* The set of the round grows under the round that is under way. */
static void
many_may_be_added_inside_a_callback(void **state)
{
	(void)state;
	open_pipes(COUNT(watches), add_more);
	for (size_t i = 1; i < COUNT(watches); i++)
		loop_unwatch(&loop, &watches[i]);
	for (size_t i = 0; i < COUNT(watches); i++)
		assert_int_equal(write(ends[i][1], "x", 1), 1);
	run_until(COUNT(watches));
	assert_int_equal(buf_text(&story)[0], 'a');
	close_pipes(COUNT(watches));
}

/* --- children */

static void
note_child(void *arg, int status)
{
	buf_addf(&story, "%s%s%d ", (char *)arg,
	    WIFSTOPPED(status) ? "s" : WIFSIGNALED(status) ? "k" : "e",
	    WIFSTOPPED(status) ? WSTOPSIG(status) : WIFSIGNALED(status) ?
	    WTERMSIG(status) : WEXITSTATUS(status));
}

/* A child that runs BODY and then ends with the status it gives. */
static struct loop_child
start_child(int (*body)(void), char *name)
{
	struct loop_child child = { .changed = note_child, .arg = name };

	child.pid = fork();
	if (child.pid == 0)
		_exit(body());
	return child;
}

static int
end_with_7(void)
{
	return 7;
}

static int
stop_then_sleep(void)
{
	raise(SIGSTOP);
	pause();
	return 1;
}

static void
an_end_is_told_once(void **state)
{
	struct loop_child one = start_child(end_with_7, a);
	struct loop_child two = start_child(end_with_7, b);

	(void)state;
	loop_child(&loop, &one);
	loop_child(&loop, &two);
	run_until(8);
	assert_int_equal(story.len, 8);
	assert_non_null(strstr(buf_text(&story), "ae7 "));
	assert_non_null(strstr(buf_text(&story), "be7 "));
	assert_false(one.active || two.active);
	assert_int_equal(waitpid(one.pid, NULL, WNOHANG), -1);
}

static void
stops_are_told_and_then_the_end(void **state)
{
	struct loop_child child = start_child(stop_then_sleep, a);

	(void)state;
	loop_child(&loop, &child);
	run_until(5);
	assert_string_equal(buf_text(&story), "as19 ");
	assert_true(child.active);
	kill(child.pid, SIGKILL);
	run_until(9);
	assert_string_equal(buf_text(&story), "as19 ak9 ");
}

static struct loop_child other;

static void
forget_other(void *arg, int status)
{
	note_child(arg, status);
	loop_forget(&loop, &other);
	loop_forget(&loop, &other);
}

static void
a_forgotten_child_is_not_told(void **state)
{
	struct loop_child one = start_child(end_with_7, a);
	struct loop_timer wait = { .fire = tell, .arg = c };
	siginfo_t info;

	(void)state;
	other = start_child(end_with_7, b);
	/* Both have ended, none is reaped. */
	assert_int_equal(waitid(P_PID, (id_t)one.pid, &info,
	    WEXITED | WNOWAIT), 0);
	assert_int_equal(waitid(P_PID, (id_t)other.pid, &info,
	    WEXITED | WNOWAIT), 0);
	one.changed = forget_other;
	loop_child(&loop, &one);
	loop_child(&loop, &other);
	loop_after(&loop, &wait, 30);
	run_until(5);
	assert_string_equal(buf_text(&story), "ae7 c");
	assert_int_equal(waitpid(other.pid, NULL, 0), other.pid);
}

/* --- signals */

static void
note_signal(void *arg, int signo)
{
	(void)arg;
	buf_addf(&story, "%d ", signo);
}

static void
signals_come_from_the_loop(void **state)
{
	(void)state;
	loop.on_signal = note_signal;
	assert_int_equal(loop_catch(&loop, SIGTERM), 0);
	assert_int_equal(loop_catch(&loop, SIGHUP), 0);
	kill(getpid(), SIGTERM);
	kill(getpid(), SIGHUP);
	run_until(5);
	assert_string_equal(buf_text(&story), "15 1 ");
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}

/* nohup(1) is about HUP; a kill(1) of another signal is meant for us. */
static void
what_was_ignored_is_heard_from_people_only(void **state)
{
	struct loop_timer end = { .fire = tell, .arg = a };

	(void)state;
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	loop.on_signal = note_signal;
	assert_int_equal(loop_catch(&loop, SIGHUP), 0);
	assert_int_equal(loop_catch(&loop, SIGINT), 0);
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGINT);
	run_until(2);
	loop_after(&loop, &end, 20);
	run_until(3);
	assert_string_equal(buf_text(&story), "2 a");
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_fire_in_order_of_time),
		TEST(a_timer_fires_once_and_not_early),
		TEST(a_timer_set_again_moves),
		TEST(a_timer_cancelled_by_another_does_not_fire),
		TEST(a_timer_may_set_itself_again),
		TEST(many_watches_are_served),
		TEST(a_hang_up_comes_after_the_last_bytes),
		TEST(what_is_unwatched_in_a_callback_is_not_called),
		TEST(what_is_watched_anew_waits_for_the_next_round),
		TEST(many_may_be_added_inside_a_callback),
		TEST(an_end_is_told_once),
		TEST(stops_are_told_and_then_the_end),
		TEST(a_forgotten_child_is_not_told),
		TEST(signals_come_from_the_loop),
		TEST(what_was_ignored_is_heard_from_people_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
