/* SPDX-License-Identifier: ISC */
/* Several programs asked at once: their answers, their time, and their end. */
#include "unit.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "run/ask.h"

#define MANY	100		/* more than are asked at a time */

static const struct say quiet;

/* Make Q the question that the shell answers by SCRIPT. */
static void
set(struct question *q, const char *script)
{
	strv_push(&q->argv, "sh");
	strv_push(&q->argv, "-c");
	strv_push(&q->argv, script);
}

static int
ask_all(struct question *q, size_t n, int64_t limit)
{
	ERROR_AUTO struct error e = { 0 };

	return ask(q, n, limit, &quiet, &e);
}

static bool
no_child_left(void)
{
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

static void
each_answer_is_its_own(void **state)
{
	static const struct {
		const char *script;
		bool answered;
		const char *text;	/* the answer, or the complaint */
	} cases[] = {
		{ "echo yes", true, "yes\n" },
		{ "printf 'a\\nb'; echo note >&2", true, "a\nb" },
		{ "true", true, "" },
		{ "echo data; echo no, never >&2; exit 1", false, "no, never" },
		{ "printf '\\r\\n\\r\\none\\r\\ntwo\\n' >&2; exit 1", false, "one" },
		{ "printf '\\033[2J\\377\\n' >&2; exit 1", false, "\\033[2J\\377" },
		{ "exit 3", false, "docker failed and did not say why" },
		{ "kill -KILL $$", false, "docker failed and did not say why" },
	};
	struct question q[COUNT(cases)] = { 0 };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		set(&q[i], cases[i].script);
	assert_int_equal(ask_all(q, COUNT(q), 20000), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *text = question_answered(&q[i]) ?
		    mem_dup(buf_text(&q[i].capture.out)) :
		    question_complaint(&q[i]);

		wrong += differs(cases[i].script, question_answered(&q[i]),
		    cases[i].answered);
		wrong += differs_text(cases[i].script, text, cases[i].text);
		question_clear(&q[i]);
		question_clear(&q[i]);
	}
	assert_int_equal(wrong, 0);
	assert_true(no_child_left());
}

static void
one_that_is_silent_is_ended(void **state)
{
	struct question q[2] = { 0 };

	(void)state;
	set(&q[0], "sleep 100");
	set(&q[1], "sleep 100 & wait");
	assert_int_equal(ask_all(q, 2, 250), 0);
	for (size_t i = 0; i < 2; i++) {
		MEM_AUTO char *text = question_complaint(&q[i]);

		assert_false(question_answered(&q[i]));
		assert_string_equal(text, "no answer within 0.25 s");
		question_clear(&q[i]);
	}
	assert_true(no_child_left());
}

static void
what_cannot_be_started_hinders_no_other(void **state)
{
	struct question q[2] = { 0 };
	MEM_AUTO char *text = NULL;

	(void)state;
	strv_push(&q[0].argv, "/nosuch/docker");
	set(&q[1], "echo yes");
	assert_int_equal(ask_all(q, 2, 20000), 0);
	assert_false(question_answered(&q[0]));
	assert_true(question_answered(&q[1]));
	text = question_complaint(&q[0]);
	assert_true(under_valgrind() || strstr(text, "/nosuch/docker") != NULL);
	question_clear(&q[0]);
	question_clear(&q[1]);
}

static void
many_are_all_asked(void **state)
{
	struct question *q = mem_zero(MANY, sizeof(*q));

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		set(&q[i], "echo yes");
	assert_int_equal(ask_all(q, MANY, 60000), 0);
	for (size_t i = 0; i < MANY; i++) {
		assert_true(question_answered(&q[i]));
		assert_string_equal(buf_text(&q[i].capture.out), "yes\n");
		question_clear(&q[i]);
	}
	free(q);
	assert_true(no_child_left());
}

static void
nothing_is_asked_at_once(void **state)
{
	(void)state;
	assert_int_equal(ask_all(NULL, 0, 0), 0);
}

static void
no_limit_is_none(void **state)
{
	struct question q = { 0 };

	(void)state;
	set(&q, "sleep 0.3; echo yes");
	assert_int_equal(ask_all(&q, 1, 0), 0);
	assert_true(question_answered(&q));
	question_clear(&q);
}

/* The first question sends us SIGNO; the others would never answer. */
static void
a_signal_ends_all(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction before;

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct question *q = mem_zero(MANY, sizeof(*q));
		MEM_AUTO char *script = mem_printf("kill -%d $PPID; sleep 100",
		    signals[i]);

		set(&q[0], script);
		for (size_t k = 1; k < MANY; k++)
			set(&q[k], "sleep 100");
		assert_int_equal(ask_all(q, MANY, 60000), signals[i]);
		assert_true(no_child_left());
		sigaction(signals[i], NULL, &before);
		assert_true(before.sa_handler == SIG_DFL);
		for (size_t k = 0; k < MANY; k++)
			question_clear(&q[k]);
		free(q);
	}
}

static void
raise_term(void *arg, const char *text)
{
	(void)arg;
	(void)text;
	raise(SIGTERM);
}

/* It comes when there is nothing to wait for any more. */
static void
a_signal_with_the_last_answer_counts(void **state)
{
	const struct say loud = { .verbose = true, .line = raise_term };
	ERROR_AUTO struct error e = { 0 };
	struct question q = { 0 };

	(void)state;
	strv_push(&q.argv, "/nosuch/docker");
	assert_int_equal(ask(&q, 1, 20000, &loud, &e), SIGTERM);
	question_clear(&q);
}

static void
a_resized_window_ends_nothing(void **state)
{
	struct question q = { 0 };

	(void)state;
	set(&q, "kill -WINCH $PPID; echo yes");
	assert_int_equal(ask_all(&q, 1, 20000), 0);
	assert_true(question_answered(&q));
	question_clear(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_is_its_own),
		cmocka_unit_test(one_that_is_silent_is_ended),
		cmocka_unit_test(what_cannot_be_started_hinders_no_other),
		cmocka_unit_test(many_are_all_asked),
		cmocka_unit_test(nothing_is_asked_at_once),
		cmocka_unit_test(no_limit_is_none),
		cmocka_unit_test(a_signal_ends_all),
		cmocka_unit_test(a_signal_with_the_last_answer_counts),
		cmocka_unit_test(a_resized_window_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
