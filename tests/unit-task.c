/* SPDX-License-Identifier: ISC */
/* A service's tasks: what a manager is asked, and what it answers. */
#include "unit.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "fanout/task.h"
#include "run/docker.h"

#define FORMAT \
	"'{{urlquery .ID}} {{urlquery .Name}} {{urlquery .Node}} " \
	"{{urlquery .CurrentState}}'"

static void
a_manager_is_asked_for_what_shall_run(void **state)
{
	static const struct {
		struct docker docker;
		const char *service, *argv;
	} cases[] = {
		{ { "docker", NULL, NULL }, "web", "docker service ps "
		    "--no-trunc --filter desired-state=running --format "
		    FORMAT " web" },
		{ { "docker", NULL, "boss" }, "-x", "docker --context boss "
		    "service ps --no-trunc --filter desired-state=running "
		    "--format " FORMAT " -- -x" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		STRV_AUTO struct strv argv = { 0 };
		MEM_AUTO char *line = NULL;

		tasks_argv(&cases[i].docker, cases[i].service, &argv);
		line = text_quote_argv(strv_argv(&argv));
		wrong += differs_text(cases[i].service, line, cases[i].argv);
	}
	assert_int_equal(wrong, 0);
}

/* All tasks in one text, and the error if there is one. */
static char *
shown(const char *answer)
{
	TASKS_AUTO struct tasks tasks = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct buf b = { 0 };
	int rc = tasks_parse(&tasks, answer, strlen(answer), &e);

	for (size_t i = 0; i < tasks.n; i++)
		buf_addf(&b, "%s|%s|%s|%s;", tasks.v[i].id, tasks.v[i].name,
		    tasks.v[i].node, tasks.v[i].state);
	if (rc == -1)
		buf_add_text(&b, "refused");
	assert_int_equal(rc == -1, e.text != NULL);
	return buf_steal(&b);
}

static void
answers_are_read_and_garbage_is_refused(void **state)
{
	static const struct {
		const char *answer, *tasks;
	} cases[] = {
		{ "", "" }, { "\n", "" },
		{ "a1 web.1 node1 Running+2+hours+ago\n",
		    "a1|web.1.a1|node1|Running 2 hours ago;" },
		{ "a1 web.1 n Running\nb2 web.2 m Failed+now\n",
		    "a1|web.1.a1|n|Running;b2|web.2.b2|m|Failed now;" },
		{ "a1 web.1  Pending+5+seconds+ago\n",
		    "a1|web.1.a1||Pending 5 seconds ago;" },
		/* No name is the end of a field, a line, or the list. */
		{ "a1 web.1 x+y%0Ab2+z%2C Running\n",
		    "a1|web.1.a1|x y\nb2 z,|Running;" },
		{ "a1 web.1 %1B%5B2J%F6 Running\n",
		    "a1|web.1.a1|\033[2J\366|Running;" },
		{ "a1 web.1 n Running\na1 web.1 m Running\n",
		    "a1|web.1.a1|n|Running;" },
		{ "a1 web.1 n Running\nwords\n",
		    "a1|web.1.a1|n|Running;refused" },
		{ "a1 web.1 n Running more\n", "refused" },
		{ "a1 web.1 n Running", "refused" },
		{ " web.1 n Running\n", "refused" },
		{ "../a web.1 n Running\n", "refused" },
		{ "A1 web.1 n Running\n", "refused" },
		{ "a1 web.1 %00 Running\n", "refused" },
		{ "a1 web.1 %zz Running\n", "refused" },
		{ "a1 web.1 n Running\r\n", "a1|web.1.a1|n|Running\r;" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *got = shown(cases[i].answer);

		wrong += differs_text(cases[i].answer, got, cases[i].tasks);
	}
	assert_int_equal(wrong, 0);
}

static void
a_complaint_can_be_shown(void **state)
{
	static const char answer[] = "\033]0;x\007\377 and so on\n";
	TASKS_AUTO struct tasks tasks = { 0 };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	assert_int_equal(tasks_parse(&tasks, answer, sizeof(answer) - 1, &e),
	    -1);
	assert_string_equal(e.text, "docker service ps has said what was not "
	    "asked: '\\033]0;x\\a\\377 and so on'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manager_is_asked_for_what_shall_run),
		cmocka_unit_test(answers_are_read_and_garbage_is_refused),
		cmocka_unit_test(a_complaint_can_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
