/* SPDX-License-Identifier: ISC */
/* An engine's containers: what docker ps is asked, and what it answers. */
#include "unit.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "fanout/inventory.h"
#include "run/docker.h"

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NONE	"       "		/* compose's and swarm's labels */

#define FIELDS \
	"{{urlquery .ID}} {{urlquery .Names}} {{urlquery .Image}} " \
	"{{urlquery .Status}} " \
	"{{urlquery (.Label \"com.docker.compose.project\")}} " \
	"{{urlquery (.Label \"com.docker.compose.service\")}} " \
	"{{urlquery (.Label \"com.docker.compose.container-number\")}} " \
	"{{urlquery (.Label \"com.docker.compose.oneoff\")}} " \
	"{{urlquery (.Label \"com.docker.compose.project.working_dir\")}} " \
	"{{urlquery (.Label \"com.docker.swarm.service.name\")}} " \
	"{{urlquery (.Label \"com.docker.swarm.task.name\")}} " \
	"{{urlquery (.Label \"com.docker.swarm.task.id\")}}"

static void
ask_for(struct inventory_ask *ask, const char *target, const char *context)
{
	SELECTORS_AUTO struct selectors s = { 0 };
	ERROR_AUTO struct error e = { 0 };

	assert_int_equal(selectors_parse(&s, target, NULL, &e), 0);
	inventory_ask_for(ask, &s, context);
}

/* The argv in one text, without the fields that are always there. */
static char *
argv_for(const char *target, const char *context)
{
	const struct docker docker = { "docker", NULL, context };
	INVENTORY_ASK_AUTO struct inventory_ask ask = { 0 };
	STRV_AUTO struct strv argv = { 0 };
	struct buf b = { 0 };

	ask_for(&ask, target, context);
	inventory_argv(&docker, &ask, &argv);
	assert_int_equal(strncmp(argv.v[argv.n - 1], FIELDS, strlen(FIELDS)),
	    0);
	for (size_t i = 0; i < argv.n - 1; i++)
		buf_addf(&b, "%s ", argv.v[i]);
	buf_addf(&b, "F%s", argv.v[argv.n - 1] + strlen(FIELDS));
	return buf_steal(&b);
}

static void
one_call_asks_for_what_all_parts_need(void **state)
{
	static const struct {
		const char *target, *context, *argv;
	} cases[] = {
		{ "web-*", NULL, "docker ps --no-trunc --format F" },
		{ "@all,@compose:a,@image:x", NULL,
		    "docker ps --no-trunc --format F" },
		{ "web-*,db", NULL,
		    "docker ps --no-trunc --all --format F" },
		{ "@label:k=v", NULL, "docker ps --no-trunc --format F "
		    "{{urlquery (.Label \"k\")}}" },
		{ "@label:k=v,@label:k=w,@label:l=v", NULL,
		    "docker ps --no-trunc --format F "
		    "{{urlquery (.Label \"k\")}} {{urlquery (.Label \"l\")}}" },
		{ "@label:k", NULL, "docker ps --no-trunc --format F "
		    "{{urlquery (.Label \"k\")}} {{urlquery .Labels}}" },
		{ "@label:k=", NULL, "docker ps --no-trunc --format F "
		    "{{urlquery (.Label \"k\")}} {{urlquery .Labels}}" },
		/* No key can end its quotes, or the template. */
		{ "@label:a\"b}}\\\\n\t\303\251.c/d-e_f=v", NULL,
		    "docker ps --no-trunc --format F {{urlquery (.Label "
		    "\"a\\x22b\\x7d\\x7d\\x5cn\\x09\\xc3\\xa9.c/d-e_f\")}}" },
		/* Each engine is asked for its own. */
		{ "@context:A/db,@context:B/@label:k=v,x-*", "A",
		    "docker --context A ps --no-trunc --all --format F" },
		{ "@context:A/db,@context:B/@label:k=v,x-*", "B",
		    "docker --context B ps --no-trunc --format F "
		    "{{urlquery (.Label \"k\")}}" },
		{ "@context:A/db,@context:B/@label:k=v,x-*", NULL,
		    "docker ps --no-trunc --format F" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *got = argv_for(cases[i].target,
		    cases[i].context);

		wrong += differs_text(cases[i].target, got, cases[i].argv);
	}
	assert_int_equal(wrong, 0);
}

static int
parse(struct inventory *inventory, const char *target, const char *text,
    struct error *e)
{
	INVENTORY_ASK_AUTO struct inventory_ask ask = { 0 };

	ask_for(&ask, target, NULL);
	return inventory_parse(inventory, &ask, text, strlen(text), e);
}

static void
a_line_is_a_container(void **state)
{
	INVENTORY_AUTO struct inventory got = { 0 };
	ERROR_AUTO struct error e = { 0 };
	const struct container *c;

	(void)state;
	assert_int_equal(parse(&got, "@label:k=x,@label:l=y",
	    ID " web-1 reg%3A5000%2Fx%2Fweb%3A1 Up+2+hours+%28healthy%29 "
	    "proj web 3 False %2Fsrv%2Fa+b svc svc.1.t t v%0A%09%2C+w \n"
	    "\nabcdef012345 db db Exited+%281%29+3+seconds+ago" NONE "   \n",
	    &e), 0);
	assert_int_equal(got.n, 2);
	c = &got.v[0];
	assert_string_equal(c->id, ID);
	assert_string_equal(c->name, "web-1");
	assert_string_equal(c->image, "reg:5000/x/web:1");
	assert_string_equal(c->status, "Up 2 hours (healthy)");
	assert_int_equal(c->state, STATE_RUNNING);
	assert_int_equal(c->health, HEALTH_HEALTHY);
	assert_string_equal(c->project, "proj");
	assert_string_equal(c->service, "web");
	assert_string_equal(c->number, "3");
	assert_false(c->oneoff);
	assert_string_equal(c->directory, "/srv/a b");
	assert_string_equal(c->swarm_service, "svc");
	assert_string_equal(c->swarm_task, "svc.1.t");
	assert_string_equal(c->swarm_task_id, "t");
	assert_true(inventory_has_label(&got, c, "k", "v\n\t, w"));
	assert_false(inventory_has_label(&got, c, "k", "v"));
	assert_true(inventory_has_label(&got, c, "k", NULL));
	assert_false(inventory_has_label(&got, c, "l", NULL));
	assert_false(inventory_has_label(&got, c, "never asked", NULL));
	c = &got.v[1];
	assert_string_equal(c->name, "db");
	assert_string_equal(c->directory, "");
	assert_int_equal(c->state, STATE_STOPPED);
}

static void
the_status_tells_state_and_health(void **state)
{
	static const struct {
		const char *status;
		enum state_kind kind;
		enum health health;
	} cases[] = {
		{ "Up+2+seconds", STATE_RUNNING, HEALTH_NONE },
		{ "Up+Less+than+a+second", STATE_RUNNING, HEALTH_NONE },
		{ "Up+5+weeks+%28healthy%29", STATE_RUNNING, HEALTH_HEALTHY },
		{ "Up+5+weeks+%28unhealthy%29", STATE_RUNNING,
		    HEALTH_UNHEALTHY },
		{ "Up+1+second+%28health%3A+starting%29", STATE_RUNNING,
		    HEALTH_STARTING },
		{ "Up+1+second+%28starting%29", STATE_RUNNING,
		    HEALTH_STARTING },
		{ "Up+2+minutes+%28Paused%29", STATE_PAUSED, HEALTH_NONE },
		{ "Paused", STATE_PAUSED, HEALTH_NONE },
		{ "Up", STATE_RUNNING, HEALTH_NONE },
		{ "Restarting+%283%29+1+second+ago", STATE_RESTARTING,
		    HEALTH_NONE },
		{ "Created", STATE_STOPPED, HEALTH_NONE },
		{ "Exited+%280%29+3+days+ago", STATE_STOPPED, HEALTH_NONE },
		{ "Exited+%280%29+3+days+ago+%28healthy%29", STATE_STOPPED,
		    HEALTH_NONE },
		{ "Dead", STATE_STOPPED, HEALTH_NONE },
		{ "Removal+In+Progress", STATE_STOPPED, HEALTH_NONE },
		{ "", STATE_UNKNOWN, HEALTH_NONE },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		INVENTORY_AUTO struct inventory got = { 0 };
		ERROR_AUTO struct error e = { 0 };
		MEM_AUTO char *line = mem_printf(ID " a b %s" NONE " \n",
		    cases[i].status);

		assert_int_equal(parse(&got, "@all", line, &e), 0);
		wrong += differs(cases[i].status, got.v[0].state,
		    cases[i].kind);
		wrong += differs(cases[i].status, got.v[0].health,
		    cases[i].health);
	}
	assert_int_equal(wrong, 0);
}

/* Names are shown and become files' names: no other gets through. */
static void
the_name_is_one_that_docker_allows(void **state)
{
	static const struct {
		const char *names, *name;
	} cases[] = {
		{ "web", "web" }, { "web-1.a_B", "web-1.a_B" },
		{ "other%2Falias%2Cweb", "web" },
		{ "web%2Cother%2Falias", "web" },
		{ "%2Fweb", "web" }, { "%2Fother%2Falias%2C%2Fweb", "web" },
		{ "", "0123456789ab" }, { "a%2Fb", "0123456789ab" },
		{ "..", "0123456789ab" }, { "-x", "0123456789ab" },
		{ "%2E%2E%2Fetc", "0123456789ab" }, { "a+b", "0123456789ab" },
		{ "a%0Ab", "0123456789ab" }, { "%1B%5Bm", "0123456789ab" },
		{ "%C3%A9", "0123456789ab" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		INVENTORY_AUTO struct inventory got = { 0 };
		ERROR_AUTO struct error e = { 0 };
		MEM_AUTO char *line = mem_printf(ID " %s b Up" NONE " \n",
		    cases[i].names);

		assert_int_equal(parse(&got, "@all", line, &e), 0);
		wrong += differs_text(cases[i].names, got.v[0].name,
		    cases[i].name);
	}
	assert_int_equal(wrong, 0);
}

static void
a_label_that_is_empty_is_there(void **state)
{
	static const struct {
		const char *labels;
		bool there;
	} cases[] = {
		{ "k%3D", true }, { "a%3Db%2Ck%3D%2Cz%3D", true },
		{ "a%3D%2Ck%3D", true }, { "", false }, { "k", false },
		{ "kk%3D", false }, { "a%3Dk%3D", false },
		{ "k%3Dx", false }, { "K%3D", false }, { "%2C%2C", false },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		INVENTORY_AUTO struct inventory got = { 0 };
		ERROR_AUTO struct error e = { 0 };
		MEM_AUTO char *line = mem_printf(ID " a b Up" NONE "   %s\n",
		    cases[i].labels);

		assert_int_equal(parse(&got, "@label:k", line, &e), 0);
		wrong += differs(cases[i].labels, inventory_has_label(&got,
		    &got.v[0], "k", NULL), cases[i].there);
		wrong += differs(cases[i].labels, inventory_has_label(&got,
		    &got.v[0], "k", ""), cases[i].there);
		wrong += differs(cases[i].labels, inventory_has_label(&got,
		    &got.v[0], "k", "x"), false);
	}
	assert_int_equal(wrong, 0);
}

static void
what_was_not_asked_is_refused(void **state)
{
	static const char *const lines[] = {
		"x\n", " \n", "time=\"2026\" level=warning\n",
		/* a field less, a field more, a label more */
		ID " a b Up      \n", ID " a b Up" NONE "  \n",
		ID " a b Up" NONE "  v\n", ID " a b\tUp" NONE " \n",
		/* no ID */
		" a b Up" NONE " \n", "0123456789a a b Up" NONE " \n",
		ID "0 a b Up" NONE " \n", "--privileged a b Up" NONE " \n",
		"0123456789aX a b Up" NONE " \n",
		"0123456789ABC a b Up" NONE " \n",
		/* not urlquery's */
		ID " a% b Up" NONE " \n", ID " a%4 b Up" NONE " \n",
		ID " a%4g b Up" NONE " \n", ID " a%00b b Up" NONE " \n",
		/* cut off */
		ID " a b Up" NONE " ", ID, "0",
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		INVENTORY_AUTO struct inventory got = { 0 };
		ERROR_AUTO struct error e = { 0 };

		wrong += differs(lines[i], parse(&got, "@all", lines[i], &e),
		    -1);
		wrong += differs(lines[i], (intmax_t)got.n, 0);
		wrong += differs(lines[i], e.status, 125);
	}
	assert_int_equal(wrong, 0);
}

static void
what_is_refused_is_shown_and_harmless(void **state)
{
	INVENTORY_AUTO struct inventory got = { 0 };
	ERROR_AUTO struct error e = { 0 };
	INVENTORY_ASK_AUTO struct inventory_ask ask = { 0 };

	(void)state;
	assert_int_equal(parse(&got, "@all", "\033[2Jhello\n", &e), -1);
	assert_string_equal(e.text,
	    "docker ps has said what was not asked: '\\033[2Jhello'");
	/* Bytes that no text has. */
	assert_int_equal(inventory_parse(&got, &ask, "a\0b\n", 4, &e), -1);
	assert_int_equal(inventory_parse(&got, &ask, "\0\0", 2, &e), -1);
	assert_int_equal(inventory_parse(&got, &ask, "", 0, &e), 0);
	assert_int_equal(got.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_call_asks_for_what_all_parts_need),
		cmocka_unit_test(a_line_is_a_container),
		cmocka_unit_test(the_status_tells_state_and_health),
		cmocka_unit_test(the_name_is_one_that_docker_allows),
		cmocka_unit_test(a_label_that_is_empty_is_there),
		cmocka_unit_test(what_was_not_asked_is_refused),
		cmocka_unit_test(what_is_refused_is_shown_and_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
