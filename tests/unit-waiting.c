/* SPDX-License-Identifier: ISC */
/*
 * What is made of a line of docker events, of a line of docker inspect, and of
 * the one in the light of the other.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "container/snapshot.h"
#include "container/waiting.h"

#define A_ID "5c39fdd998c468daa57214417a39b0f321d639eee502f28b2268d5c5c2a670ea"

static void
an_event_is_a_line_of_four_words(void **state)
{
	static const struct {
		const char *line;
		int kind;
	} cases[] = {
		{ "1795652993644475258 " A_ID " start w1", EVENT_START },
		{ "1 a unpause w1", EVENT_UNPAUSE },
		{ "1 a health_status%3A+healthy w1", EVENT_HEALTHY },
		{ "1 a health_status w1", EVENT_CHANGE },
		{ "1 a rename w1", EVENT_CHANGE },
		/* An event can be of something with no name. */
		{ "1 a start ", EVENT_START },
		{ "1 a health_status%3A+unhealthy w1", -1 },
		{ "1 a health_status: healthy w1", -1 },
		{ "1 a die w1", -1 }, { "1 a starts w1", -1 },
		{ "1 a start", -1 }, { "1  start w1", -1 },
		{ "x a start w1", -1 }, { "1x a start w1", -1 },
		{ "-9000000000 a start w1", -1 }, { " a start w1", -1 },
		{ "99999999999999999999999 a start w1", -1 },
		{ "1 a start w1 w2", -1 }, { "", -1 }, { " ", -1 },
		{ "   ", -1 }, { "1", -1 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *line = mem_dup(cases[i].line);
		struct event e;

		wrong += differs(cases[i].line, event_parse(&e, line) == 0 ?
		    (int)e.kind : -1, cases[i].kind);
	}
	assert_int_equal(wrong, 0);
}

static void
an_event_has_its_time_in_milliseconds(void **state)
{
	char line[] = "1795652993644475258 " A_ID " start w1";
	struct event e;

	(void)state;
	assert_int_equal(event_parse(&e, line), 0);
	assert_true(e.at == INT64_C(1795652993644));
	assert_string_equal(e.id, A_ID);
	assert_string_equal(e.name, "w1");
}

#define NEVER	"0001-01-01T00:00:00Z"
#define T1	"2026-11-26T00:29:53.638040431Z"
#define T2	"2026-11-26T00:29:54Z"

static void
a_snapshot_is_a_line_of_nine_words(void **state)
{
	static const struct {
		const char *line;
		int kind, health;
	} cases[] = {
		{ A_ID " running " T1 " " T2 " " NEVER " 0 NONE  %2Fw",
		    STATE_RUNNING, HEALTH_NONE },
		{ A_ID " running " T1 " " T2 " " NEVER " 0 CMD healthy %2Fw",
		    STATE_RUNNING, HEALTH_HEALTHY },
		{ A_ID " running " T1 " " T2 " " NEVER " 0 CMD starting %2Fw",
		    STATE_RUNNING, HEALTH_STARTING },
		{ A_ID " paused " T1 " " T2 " " NEVER " 0 CMD unhealthy %2Fw",
		    STATE_PAUSED, HEALTH_UNHEALTHY },
		{ A_ID " created " T1 " " NEVER " " NEVER " 0 CMD-SHELL  w",
		    STATE_STOPPED, HEALTH_STARTING },
		/* Garbage in a date is no date. */
		{ "id exited x y z 3 NONE  w", STATE_STOPPED,
		    HEALTH_NONE },
		{ A_ID "0 running a b c 0 NONE  w", -1, 0 },
		{ "id averyveryverylongword a b c 0 NONE  w", -1, 0 },
		{ "id running a b c 0 NONE  w more", -1, 0 },
		{ "id running a b c 0 NONE w", -1, 0 },
		{ " running a b c 0 NONE  w", -1, 0 },
		{ "running " T1 " 0", -1, 0 }, { "", -1, 0 },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *line = mem_dup(cases[i].line);
		struct snapshot s = { 0 };
		const char *name = NULL;
		int rc = snapshot_parse(&s, line, &name);

		wrong += differs(cases[i].line, rc == 0 ? (int)s.kind : -1,
		    cases[i].kind);
		if (rc == -1)
			continue;
		wrong += differs(cases[i].line, s.health, cases[i].health);
		wrong += differs_text(cases[i].line, name, "w");
	}
	assert_int_equal(wrong, 0);
}

static void
a_snapshot_says_why_it_does_not_run(void **state)
{
	static const struct {
		const char *line, *reason;
	} cases[] = {
		{ "i exited a b c 137 NONE  w", "exited with status 137" },
		{ "i created a b c 0 NONE  w", "created" },
		{ "i paused a b c 0 NONE  w", "paused" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *line = mem_dup(cases[i].line);
		MEM_AUTO char *reason = NULL;
		struct snapshot s;
		const char *name;

		assert_int_equal(snapshot_parse(&s, line, &name), 0);
		reason = snapshot_reason(&s);
		wrong += differs_text(cases[i].line, reason, cases[i].reason);
	}
	assert_int_equal(wrong, 0);
}

static void
a_name_is_meant_before_the_beginning_of_an_id(void **state)
{
	(void)state;
	assert_int_equal(snapshot_meant("w1", A_ID, "w1"), MEANT_SURELY);
	assert_int_equal(snapshot_meant("/w1", A_ID, "w1"), MEANT_SURELY);
	assert_int_equal(snapshot_meant(A_ID, A_ID, "w1"), MEANT_SURELY);
	assert_int_equal(snapshot_meant("5c39", A_ID, "w1"), MEANT_PERHAPS);
	assert_int_equal(snapshot_meant("w", A_ID, "w1"), MEANT_NOT);
	assert_int_equal(snapshot_meant("w10", A_ID, "w1"), MEANT_NOT);
	assert_int_equal(snapshot_meant(A_ID "0", A_ID, "w1"), MEANT_NOT);
	assert_int_equal(snapshot_meant("/", A_ID, "w1"), MEANT_NOT);
	assert_int_equal(snapshot_meant("", A_ID, ""), MEANT_NOT);
}

/* Times are in s here; the container was created at 100. */
static const struct {
		const char *what;
		enum state_kind kind;
		enum health health;
		int started, finished;
		enum event_kind event;
		int at;
		bool other;
		enum news news;
} news_cases[] = {
		{ "first start", STATE_STOPPED, 0, 0, 0, EVENT_START, 101,
		    false, NEWS_RUNNING },
		{ "start of an earlier namesake", STATE_STOPPED, 0, 0, 0,
		    EVENT_START, 99, true, NEWS_OLD },
		{ "start of a later namesake", STATE_STOPPED, 0, 0, 0,
		    EVENT_START, 150, true, NEWS_UNSURE },
		{ "start of the run that has ended", STATE_STOPPED, 0, 110,
		    120, EVENT_START, 111, false, NEWS_OLD },
		{ "start told late, of a very short run", STATE_STOPPED, 0,
		    110, 110, EVENT_START, 111, false, NEWS_UNSURE },
		{ "start right behind the end", STATE_STOPPED, 0, 110, 120,
		    EVENT_START, 121, false, NEWS_UNSURE },
		{ "start again", STATE_STOPPED, 0, 110, 120, EVENT_START, 123,
		    false, NEWS_RUNNING },
		{ "start of what runs", STATE_RUNNING, HEALTH_STARTING, 110, 0,
		    EVENT_START, 111, false, NEWS_OLD },
		{ "restart of what ran", STATE_RUNNING, HEALTH_STARTING, 110,
		    0, EVENT_START, 150, false, NEWS_UNSURE },
		{ "start of what is paused", STATE_PAUSED, 0, 110, 0,
		    EVENT_START, 111, false, NEWS_OLD },
		{ "unpaused", STATE_PAUSED, 0, 110, 0, EVENT_UNPAUSE, 130,
		    false, NEWS_UNSURE },
		{ "unpaused, what runs", STATE_RUNNING, HEALTH_STARTING, 110,
		    0, EVENT_UNPAUSE, 130, false, NEWS_OLD },
		{ "first health", STATE_RUNNING, HEALTH_STARTING, 110, 0,
		    EVENT_HEALTHY, 111, false, NEWS_HEALTHY },
		{ "health of an earlier run", STATE_RUNNING, HEALTH_STARTING,
		    110, 105, EVENT_HEALTHY, 104, false, NEWS_OLD },
		{ "health, before or after it was lost", STATE_RUNNING,
		    HEALTH_UNHEALTHY, 110, 0, EVENT_HEALTHY, 130, false,
		    NEWS_UNSURE },
		{ "health of what has stopped", STATE_STOPPED,
		    HEALTH_STARTING, 110, 120, EVENT_HEALTHY, 130, false,
		    NEWS_UNSURE },
		{ "renamed", STATE_RUNNING, HEALTH_STARTING, 110, 0,
		    EVENT_CHANGE, 130, false, NEWS_UNSURE },
		{ "anything of what was not there", STATE_NONE, 0, 0, 0,
		    EVENT_START, 1, true, NEWS_UNSURE },
		{ "anything before the first look", STATE_UNKNOWN, 0, 0, 0,
		    EVENT_START, 1, true, NEWS_UNSURE },
};

static void
an_event_is_old_or_new_by_the_engines_own_times(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(news_cases); i++) {
		struct snapshot seen = { .kind = news_cases[i].kind, .id = "aaa",
		    .created = 100000, .started = news_cases[i].started * 1000,
		    .finished = news_cases[i].finished * 1000,
		    .health = news_cases[i].health };
		struct event e = { .kind = news_cases[i].event,
		    .at = news_cases[i].at * 1000,
		    .id = news_cases[i].other ? "bbb" : "aaa", .name = "w" };

		wrong += differs(news_cases[i].what, waiting_news(&seen, &e),
		    news_cases[i].news);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_a_line_of_four_words),
		cmocka_unit_test(an_event_has_its_time_in_milliseconds),
		cmocka_unit_test(a_snapshot_is_a_line_of_nine_words),
		cmocka_unit_test(a_snapshot_says_why_it_does_not_run),
		cmocka_unit_test(a_name_is_meant_before_the_beginning_of_an_id),
		cmocka_unit_test(
		    an_event_is_old_or_new_by_the_engines_own_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
