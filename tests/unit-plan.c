/* SPDX-License-Identifier: ISC */
/*
 * The plan of an exec and what comes back: cookie, side execs, label, a
 * container's state, the report of a sweep.  The argv itself has its golden
 * cases in golden/.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "container/plan.h"
#include "container/reap.h"
#include "container/state.h"
#include "sweep_script.h"

#define EXIT(n)	((n) << 8)

/* --- cookie, side exec, label */

static void
cookies_are_128_random_bits_in_hex(void **state)
{
	char one[COOKIE_LENGTH + 1], two[COOKIE_LENGTH + 1];

	(void)state;
	cookie_make(one);
	cookie_make(two);
	assert_int_equal(strlen(one), COOKIE_LENGTH);
	assert_int_equal(strspn(one, "0123456789abcdef"), COOKIE_LENGTH);
	assert_string_not_equal(one, two);
}

static void
a_side_exec_has_no_options_but_the_user(void **state)
{
	char word[] = "true";
	char *const command[] = { word, NULL };
	struct docker docker = { "docker", "h", "x" };
	struct exec_options options = { .interactive = true, .tty = true,
	    .privileged = true, .user = "app", .workdir = "/nope" };
	struct plan plan = { .docker = &docker, .options = &options,
	    .target = "-c", .command = command, .cookie = "c" };
	STRV_AUTO struct strv argv = { 0 };
	MEM_AUTO char *line = NULL;

	(void)state;
	plan_side_argv(&plan, "0", &argv);
	strv_push(&argv, "|");
	plan_side_argv(&plan, NULL, &argv);
	line = text_quote_argv(strv_argv(&argv));
	assert_string_equal(line, "docker --host h --context x exec -u 0 -- -c "
	    "'|' docker --host h --context x exec -- -c");
}

static void
a_label_is_the_target_and_the_command(void **state)
{
	char one[] = "sh", two[] = "-c", three[] = "a b";
	char *const command[] = { one, two, three, NULL };
	struct plan plan = { .target = "web", .command = command };
	MEM_AUTO char *label = plan_label(&plan);

	(void)state;
	assert_string_equal(label, "web: sh -c a b");
}

static void
no_command_is_too_long_for_a_label(void **state)
{
	char word[] = "0123456789";
	char *command[100001];
	struct plan plan = { .target = "web", .command = command };
	MEM_AUTO char *label = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(command) - 1; i++)
		command[i] = word;
	command[COUNT(command) - 1] = NULL;
	label = plan_label(&plan);
	assert_true(strlen(label) < 2000);
}

/* --- state */

static struct state
read_state(const char *out, const char *err, int wait_status, bool timed_out)
{
	struct capture c = { .wait_status = wait_status,
	    .timed_out = timed_out };
	struct state s;

	buf_add_text(&c.out, out);
	buf_add_text(&c.err, err);
	state_read(&s, &c);
	buf_clear(&c.out);
	buf_clear(&c.err);
	return s;
}

static void
states_of_a_container_are_told_apart(void **state)
{
	static const struct {
		const char *out;
		enum state_kind kind;
		const char *is;
		int64_t started;
	} cases[] = {
		{ "running 2024-02-29T12:34:56.789123456Z 0\n", STATE_RUNNING,
		    "is running", INT64_C(1709210096789) },
		{ "paused 2024-02-29T12:34:56Z 0\n", STATE_PAUSED,
		    "is paused", INT64_C(1709210096000) },
		{ "restarting 2024-02-29T12:34:56Z 1\n", STATE_RESTARTING,
		    "is restarting", INT64_C(1709210096000) },
		{ "exited 2024-02-29T12:34:56Z 137\n", STATE_STOPPED,
		    "is not running (exited with status 137)",
		    INT64_C(1709210096000) },
		{ "created 0001-01-01T00:00:00Z 0\n", STATE_STOPPED,
		    "is not running (created)", INT64_C(-62135596800000) },
		{ "dead 0001-01-01T00:00:00Z 0\n", STATE_STOPPED,
		    "is not running (dead)", INT64_C(-62135596800000) },
		{ "removing 2024-02-29T12:34:56Z 0\n", STATE_STOPPED,
		    "is not running (removing)", INT64_C(1709210096000) },
		{ "running never 0\n", STATE_RUNNING, "is running", 0 },
		{ "", STATE_UNKNOWN, "cannot be looked at", 0 },
		{ "running\n", STATE_UNKNOWN, "cannot be looked at", 0 },
		{ "running 2024-02-29T12:34:56Z x\n", STATE_UNKNOWN,
		    "cannot be looked at", 0 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct state s = read_state(cases[i].out, "", EXIT(0), false);
		MEM_AUTO char *is = state_describe(&s);

		wrong += differs(cases[i].out, s.kind, cases[i].kind);
		wrong += differs_text(cases[i].out, is, cases[i].is);
		if (s.kind != STATE_UNKNOWN)
			wrong += differs(cases[i].out, s.started,
			    cases[i].started);
	}
	assert_int_equal(wrong, 0);
}

static void
no_answer_is_not_no_container(void **state)
{
	static const struct {
		const char *err;
		int wait_status;
		bool timed_out;
		enum state_kind kind;
	} cases[] = {
		{ "Error: No such container: x\n", EXIT(1), false,
		    STATE_NONE },
		{ "Error response from daemon: No such container: x\n",
		    EXIT(1), false, STATE_NONE },
		{ "Error: no such object: x\n", EXIT(1), false, STATE_NONE },
		{ "Cannot connect to the Docker daemon at unix:///x. Is the "
		    "docker daemon running?\n", EXIT(1), false,
		    STATE_UNKNOWN },
		{ "", EXIT(1), false, STATE_UNKNOWN },
		{ "", 9, true, STATE_UNKNOWN },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct state s = read_state("running x 0\n", cases[i].err,
		    cases[i].wait_status, cases[i].timed_out);

		wrong += differs(cases[i].err, s.kind, cases[i].kind);
	}
	assert_int_equal(wrong, 0);
}

static void
a_state_of_any_length_is_no_trouble(void **state)
{
	char *text = mem_grow(NULL, 100001, 1);
	struct state s;

	(void)state;
	memset(text, 'x', 100000);
	text[100000] = '\0';
	s = read_state(text, "", EXIT(0), false);
	assert_int_equal(s.kind, STATE_UNKNOWN);
	text[20000] = text[50000] = ' ';
	s = read_state(text, "", EXIT(0), false);
	assert_true(strlen(s.word) < sizeof(s.word));
	free(text);
}

static void
the_question_names_the_target_safely(void **state)
{
	struct docker docker = { .program = "docker" };
	STRV_AUTO struct strv argv = { 0 };

	(void)state;
	state_argv(&docker, "-x", &argv);
	assert_string_equal(argv.v[0], "docker");
	assert_string_equal(argv.v[1], "inspect");
	assert_string_equal(argv.v[argv.n - 2], "--");
	assert_string_equal(argv.v[argv.n - 1], "-x");
}

/* --- what a sweep says of itself */

static void
reports_of_a_sweep_are_read(void **state)
{
	static const struct {
		const char *text;
		int uid, hit, left, main_lives;
		const char *words;
	} cases[] = {
		{ "swept 0 0 0 0\n", 0, 0, 0, 0, "" },
		{ "swept 1000 3 2 1 +12.345 -13.346\n", 1000, 3, 2, 1,
		    "+12.345 -13.346" },
		{ "swept 0 1 0 0", 0, 1, 0, 0, "" },
		{ "swept 0 1 0 0\r\n", 0, 1, 0, 0, "" },
		{ "swept 0 1 1 1 +1.1\r\n", 0, 1, 1, 1, "+1.1" },
		/* What a shell may say before. */
		{ "sh: warning\nswept 7 1 0 0\n", 7, 1, 0, 0, "" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reap_report r;
		MEM_AUTO char *words = NULL;

		wrong += differs(cases[i].text, reap_parse(cases[i].text, &r),
		    0);
		wrong += differs(cases[i].text, r.uid, cases[i].uid);
		wrong += differs(cases[i].text, r.hit, cases[i].hit);
		wrong += differs(cases[i].text, r.left, cases[i].left);
		wrong += differs(cases[i].text, r.main_lives,
		    cases[i].main_lives);
		words = text_quote_argv(strv_argv(&r.words));
		wrong += differs_text(cases[i].text, words, cases[i].words);
		strv_clear(&r.words);
	}
	assert_int_equal(wrong, 0);
}

/* The words go into an argv of root's: nothing but numbers may pass. */
static void
a_hostile_report_is_none(void **state)
{
	static const char *const cases[] = { "", "swept", "swept ",
	    "swept 0", "swept 0 1 2", "swept a b c d", "Swept 0 0 0 0",
	    "swept 0 1 1 1 12.3", "swept 0 1 1 1 +1.2;id",
	    "swept 0 1 1 1 +$(id)", "swept 0 1 1 1 +a", "swept 0 1 1 1 +1 2",
	    "swept 0 1 1 1  +1.2", "swept 0 1 1 1 +1.2\t+3.4",
	    "swept 0 1 1 1 +1.2 ", "swept 0 1 1 1 -", "swept 0 1 1 1 +",
	    "swept 0 1 1 1 --signal", "swept 0 1 1 1 +1.2\0331",
	    "swept 0 -1 0 0", "swept 0 1 -1 0",
	    "swept 0 99999999999999999999 0 0",
	    "OCI runtime exec failed: exec failed: unable to start container "
	    "process: exec: \"sh\": executable file not found in $PATH: "
	    "unknown\r\n" };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reap_report r;

		wrong += differs(cases[i], reap_parse(cases[i], &r), -1);
		wrong += differs(cases[i], (intmax_t)r.words.n, 0);
		strv_clear(&r.words);
	}
	assert_int_equal(wrong, 0);
}

static void
the_sweep_fits_into_one_word(void **state)
{
	(void)state;
	/* MAX_ARG_STRLEN of Linux; and brevity is what the engine pays for. */
	assert_true(strlen(SWEEP_SCRIPT) < 8192);
	assert_null(strstr(SWEEP_SCRIPT, "\n#"));
	assert_null(strchr(SWEEP_SCRIPT, '\r'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cookies_are_128_random_bits_in_hex),
		cmocka_unit_test(a_side_exec_has_no_options_but_the_user),
		cmocka_unit_test(a_label_is_the_target_and_the_command),
		cmocka_unit_test(no_command_is_too_long_for_a_label),
		cmocka_unit_test(states_of_a_container_are_told_apart),
		cmocka_unit_test(no_answer_is_not_no_container),
		cmocka_unit_test(a_state_of_any_length_is_no_trouble),
		cmocka_unit_test(the_question_names_the_target_safely),
		cmocka_unit_test(reports_of_a_sweep_are_read),
		cmocka_unit_test(a_hostile_report_is_none),
		cmocka_unit_test(the_sweep_fits_into_one_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
