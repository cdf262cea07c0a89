/* SPDX-License-Identifier: ISC */
/*
 * How we end, given how all else did: every cause with every status, against
 * the promise "the command's own status; 124 timed out, 137 when it took KILL;
 * 125 where docker, the engine or the container is the problem; by the signal
 * that ended it; never 0 because docker said 0 after a signal".
 */
#include "unit.h"

#include <signal.h>
#include <stdio.h>

#include "container/verdict.h"

#define EXIT(n)		((n) << 8)	/* as waitpid(2) gives it */
#define KILLED(n)	(n)
#define SENT(n)		(UINT64_C(1) << (n))
#define ALL_SENT	(SENT(SIGINT) | SENT(SIGTERM) | SENT(SIGKILL))

/* Expectations: a status, or what dies by a signal. */
#define DIE(n)		(1000 + (n))

static struct plan reaped = { .cookie = "0123456789abcdef0123456789abcdef" };
static struct plan pristine = { .cookie = NULL };

static int
ask(const struct ending *en, int wait_status, enum finding_kind finding,
    bool shared)
{
	struct verdict_facts f = { .wait_status = wait_status,
	    .finding = finding, .ending = en, .terminal_shared = shared };
	struct outcome o = { 0 };

	verdict(&f, &o);
	return o.kind == OUTCOME_SIGNAL ? DIE(o.value) : o.value;
}

static void
the_commands_own_status_is_ours(void **state)
{
	struct ending en = { .plan = &reaped };

	(void)state;
	for (int status = 0; status <= 255; status++) {
		assert_int_equal(ask(&en, EXIT(status), FINDING_COMMAND,
		    false), status);
		assert_int_equal(ask(&en, EXIT(status), FINDING_COMMAND,
		    true), status);
	}
}

static void
findings_have_their_statuses(void **state)
{
	static const struct {
		enum finding_kind finding;
		int expected;
	} cases[] = {
		{ FINDING_NOT_FOUND, 127 }, { FINDING_NOT_INVOKED, 126 },
		{ FINDING_CONTAINER, 125 }, { FINDING_ENGINE, 125 },
		{ FINDING_LOST, 125 },
	};
	static const int statuses[] = { EXIT(0), EXIT(1), EXIT(125),
	    EXIT(126), EXIT(127), EXIT(128), EXIT(137), EXIT(255),
	    KILLED(SIGKILL) };
	struct ending en = { .plan = &reaped };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t j = 0; j < COUNT(statuses); j++) {
			en.cause = ENDING_NONE;
			assert_int_equal(ask(&en, statuses[j],
			    cases[i].finding, false), cases[i].expected);
			/* A signal of ours does not make it the command's. */
			en.cause = ENDING_SIGNAL;
			en.first_signal = SIGINT;
			assert_int_equal(ask(&en, statuses[j],
			    cases[i].finding, false), cases[i].expected);
		}
}

static void
a_client_killed_by_others_is_a_failure(void **state)
{
	struct ending en = { .plan = &reaped };

	(void)state;
	assert_int_equal(ask(&en, KILLED(SIGKILL), FINDING_COMMAND, false),
	    125);
	en.cause = ENDING_CLIENT_LOST;
	assert_int_equal(ask(&en, KILLED(SIGTERM), FINDING_LOST, false), 125);
	assert_int_equal(ask(&en, KILLED(SIGTERM), FINDING_COMMAND, false),
	    125);
}

struct signal_case {
	const char *what;
	int first, wait_status;
	uint64_t sent;
	const char *trouble;
	bool shared, no_cookie;
	int expected;
};

static const struct signal_case signal_cases[] = {
	/* The command died by what it was sent, so do we. */
	{ "INT, died of it", SIGINT, EXIT(130), SENT(SIGINT), NULL,
	    false, false, DIE(SIGINT) },
	{ "TERM, died of it", SIGTERM, EXIT(143), SENT(SIGTERM), NULL,
	    false, false, DIE(SIGTERM) },
	{ "HUP, died of it", SIGHUP, EXIT(129), SENT(SIGHUP), NULL,
	    false, false, DIE(SIGHUP) },
	{ "INT twice, died of TERM", SIGINT, EXIT(143),
	    SENT(SIGINT) | SENT(SIGTERM), NULL, false, false, DIE(SIGTERM) },
	{ "INT three times, died of KILL", SIGINT, EXIT(137), ALL_SENT, NULL,
	    false, false, DIE(SIGKILL) },
	/* It made something of it. */
	{ "INT, handled, 0", SIGINT, EXIT(0), SENT(SIGINT), NULL,
	    false, false, 0 },
	{ "INT, handled, 3", SIGINT, EXIT(3), SENT(SIGINT), NULL,
	    false, false, 3 },
	{ "TERM, handled, 1", SIGTERM, EXIT(1), SENT(SIGTERM), NULL,
	    false, false, 1 },
	/* 128+N of a signal that was not sent is only a number. */
	{ "INT, status 143", SIGINT, EXIT(143), SENT(SIGINT), NULL,
	    false, false, 143 },
	{ "TERM, status 128", SIGTERM, EXIT(128), SENT(SIGTERM), NULL,
	    false, false, 128 },
	{ "TERM, status 255", SIGTERM, EXIT(255), SENT(SIGTERM), NULL,
	    false, false, 255 },
	/* The client was killed: nothing is known, so the signal it is. */
	{ "INT, client killed", SIGINT, KILLED(SIGKILL), SENT(SIGINT), NULL,
	    false, false, DIE(SIGINT) },
	{ "TERM, client killed", SIGTERM, KILLED(SIGTERM), 0, NULL,
	    false, false, DIE(SIGTERM) },
	/* It could not be ended. */
	{ "INT, trouble", SIGINT, KILLED(SIGKILL), SENT(SIGINT), "paused",
	    false, false, 125 },
	{ "INT, trouble, 130", SIGINT, EXIT(130), SENT(SIGINT), "paused",
	    false, false, 125 },
	/* docker says 0 when it is interrupted: that is no success. */
	{ "INT, docker's own 0, no cookie", SIGINT, EXIT(0), 0, NULL,
	    false, true, DIE(SIGINT) },
	{ "TERM, docker's own 0, no cookie", SIGTERM, EXIT(0), 0, NULL,
	    false, true, DIE(SIGTERM) },
	{ "INT, docker's own 0, terminal", SIGINT, EXIT(0), SENT(SIGINT),
	    NULL, true, false, DIE(SIGINT) },
	{ "INT, docker 20 died of it", SIGINT, KILLED(SIGINT), 0, NULL,
	    false, true, DIE(SIGINT) },
	{ "HUP, docker died of it", SIGHUP, KILLED(SIGHUP), SENT(SIGHUP),
	    NULL, true, false, DIE(SIGHUP) },
	{ "INT, no cookie, own status", SIGINT, EXIT(4), 0, NULL,
	    false, true, 4 },
	{ "TERM, terminal, own status", SIGTERM, EXIT(4), SENT(SIGTERM),
	    NULL, true, false, 4 },
};

static void
after_a_signal_we_end_as_the_command_did(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(signal_cases); i++) {
		const struct signal_case *c = &signal_cases[i];
		struct ending en = { .cause = ENDING_SIGNAL,
		    .first_signal = c->first, .sent = c->sent,
		    .trouble = (char *)(uintptr_t)c->trouble,
		    .plan = c->no_cookie ? &pristine : &reaped };

		wrong += differs(c->what, ask(&en, c->wait_status,
		    FINDING_COMMAND, c->shared), c->expected);
	}
	assert_int_equal(wrong, 0);
}

/* A signal came while output was still to be delivered: it counts. */
static void
lost_output_is_no_success(void **state)
{
	struct ending en = { .cause = ENDING_SIGNAL, .plan = &reaped,
	    .first_signal = SIGTERM };
	struct verdict_facts f = { .ending = &en, .output_lost = true };
	struct outcome o = { 0 };

	(void)state;
	verdict(&f, &o);
	assert_int_equal(o.kind, OUTCOME_SIGNAL);
	assert_int_equal(o.value, SIGTERM);
	f.wait_status = EXIT(1);
	assert_false(verdict_needs_diagnosis(&f));
}

/* Whatever docker says, 0 after a signal is the command's own word only. */
static void
docker_is_not_believed_when_it_says_nought(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct ending en = { .cause = ENDING_SIGNAL,
		    .first_signal = signals[i], .plan = &pristine };

		assert_int_equal(ask(&en, EXIT(0), FINDING_COMMAND, false),
		    DIE(signals[i]));
		assert_int_equal(ask(&en, EXIT(0), FINDING_COMMAND, true),
		    DIE(signals[i]));
		en.plan = &reaped;
		assert_int_equal(ask(&en, EXIT(0), FINDING_COMMAND, true),
		    DIE(signals[i]));
	}
}

static void
a_timeout_is_124_or_137(void **state)
{
	static const struct {
		const char *what;
		int wait_status;
		uint64_t sent;
		int expected;
	} cases[] = {
		{ "died of TERM", EXIT(143), SENT(SIGTERM), 124 },
		{ "ended by itself, 0", EXIT(0), SENT(SIGTERM), 124 },
		{ "ended by itself, 3", EXIT(3), SENT(SIGTERM), 124 },
		{ "took KILL", EXIT(137), SENT(SIGTERM) | SENT(SIGKILL),
		    137 },
		{ "137, but not by us", EXIT(137), SENT(SIGTERM), 124 },
		{ "KILL came too late", EXIT(0),
		    SENT(SIGTERM) | SENT(SIGKILL), 124 },
		{ "client killed", KILLED(SIGKILL), SENT(SIGTERM), 124 },
		{ "nothing could be sent", EXIT(0), 0, 124 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ending en = { .cause = ENDING_TIMEOUT,
		    .sent = cases[i].sent, .plan = &reaped };

		wrong += differs(cases[i].what, ask(&en, cases[i].wait_status,
		    FINDING_COMMAND, false), cases[i].expected);
	}
	assert_int_equal(wrong, 0);
}

static void
our_output_decides_when_it_broke(void **state)
{
	static const int statuses[] = { EXIT(0), EXIT(1), EXIT(137),
	    EXIT(141), EXIT(143), KILLED(SIGKILL) };
	struct ending en = { .plan = &reaped, .sent = ALL_SENT };

	(void)state;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		en.cause = ENDING_BROKEN_PIPE;
		assert_int_equal(ask(&en, statuses[i], FINDING_COMMAND,
		    false), DIE(SIGPIPE));
		en.cause = ENDING_WRITE_ERROR;
		assert_int_equal(ask(&en, statuses[i], FINDING_COMMAND,
		    false), 125);
	}
}

static void
every_combination_has_a_verdict(void **state)
{
	static const int statuses[] = { EXIT(0), EXIT(1), EXIT(130),
	    EXIT(255), KILLED(SIGINT), KILLED(SIGKILL) };
	struct ending en = { .first_signal = SIGINT };
	int got;

	(void)state;
	for (int cause = ENDING_NONE; cause <= ENDING_CLIENT_LOST; cause++)
		for (int finding = FINDING_COMMAND; finding <= FINDING_LOST;
		    finding++)
			for (size_t i = 0; i < 4 * COUNT(statuses); i++) {
				en.cause = (enum ending_cause)cause;
				en.plan = i & 1 ? &reaped : &pristine;
				got = ask(&en, statuses[i / 4],
				    (enum finding_kind)finding, i & 2);
				assert_in_range(got, 0, DIE(31));
				/* Nought needs a command that said so. */
				if (got == 0)
					assert_true(statuses[i / 4] == 0 &&
					    finding == FINDING_COMMAND);
			}
}

static void
questions_are_asked_only_where_they_are_open(void **state)
{
	struct ending en = { .plan = &reaped };
	struct verdict_facts f = { .ending = &en };

	(void)state;
	f.wait_status = EXIT(1);
	assert_true(verdict_needs_diagnosis(&f));
	en.cause = ENDING_CLIENT_LOST;
	assert_true(verdict_needs_diagnosis(&f));
	en.cause = ENDING_TIMEOUT;
	assert_false(verdict_needs_diagnosis(&f));
	en.cause = ENDING_BROKEN_PIPE;
	assert_false(verdict_needs_diagnosis(&f));
	en.cause = ENDING_WRITE_ERROR;
	assert_false(verdict_needs_diagnosis(&f));
	en.cause = ENDING_SIGNAL;
	en.first_signal = SIGINT;
	assert_true(verdict_needs_diagnosis(&f));
	f.wait_status = EXIT(0);
	assert_false(verdict_needs_diagnosis(&f));
	f.wait_status = EXIT(130);
	en.sent = SENT(SIGINT);
	assert_false(verdict_needs_diagnosis(&f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_commands_own_status_is_ours),
		cmocka_unit_test(findings_have_their_statuses),
		cmocka_unit_test(a_client_killed_by_others_is_a_failure),
		cmocka_unit_test(after_a_signal_we_end_as_the_command_did),
		cmocka_unit_test(lost_output_is_no_success),
		cmocka_unit_test(docker_is_not_believed_when_it_says_nought),
		cmocka_unit_test(a_timeout_is_124_or_137),
		cmocka_unit_test(our_output_decides_when_it_broke),
		cmocka_unit_test(every_combination_has_a_verdict),
		cmocka_unit_test(questions_are_asked_only_where_they_are_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
