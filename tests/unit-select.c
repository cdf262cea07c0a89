/* SPDX-License-Identifier: ISC */
/* What selectors select of what the engines have. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "fanout/inventory.h"
#include "fanout/select.h"
#include "fanout/target.h"

/* An ID: 12 digits, then 52 zeros. */
#define ID(twelve)	twelve "00000000000000000000" \
    "00000000000000000000000000000000"

/* Fields of what docker ps says, of which the last may be left out. */
enum {
	NUMBER, NAME, IMAGE, STATUS, PROJECT, SERVICE, REPLICA, ONEOFF,
	DIRECTORY, SWARM, TIER, LABELS, WIDTH
};

#define PROJ(service, n) "proj", service, n, "False", "%2Fsrv%2Fproj"

static const char *const here[][WIDTH] = {
	{ ID("aa0000000001"), "web-1", "nginx", "Up+1+hour+%28healthy%29",
	    PROJ("web", "1"), "", "front", "empty%3D%2Ctier%3Dfront" },
	{ ID("aa0000000002"), "web-10", "nginx%3A1.25",
	    "Up+1+hour+%28unhealthy%29", PROJ("web", "10"), "", "front" },
	{ ID("ab0000000003"), "web-2", "nginx", "Up+1+hour", "proj", "web",
	    "2", "", "%2Fsrv%2Fproj%2F", "", "back" },
	{ ID("0c0000000004"), "db", "postgres", "Up+1+hour+%28Paused%29",
	    PROJ("db", "1") },
	{ ID("0d0000000005"), "task", "postgres", "Up+1+hour", "proj", "db",
	    "1", "True", "%2Fsrv%2Fproj" },
	{ ID("0e0000000006"), "web-old", "nginx", "Exited+%281%29",
	    "older", "web", "3", "False", "%2Fsrv%2Fproj", "", "front" },
	{ ID("0f0000000007"), "rs", "postgres", "Restarting+%281%29" },
	{ ID("100000000008"), "inner", "sha256%3A4df9cc93e65b", "Up+1+hour",
	    "inner", "app", "1", "False", "%2Fsrv%2Fproj%2Finner" },
	{ ID("110000000009"), "api.1", "api%3A2",
	    "Up+1+hour+%28health%3A+starting%29", "", "", "", "", "", "api" },
	{ ID("120000000010"), "aa00", "postgres", "Up+1+hour" },
};

static const char *const there[][WIDTH] = {
	{ ID("bb0000000001"), "web-1", "nginx", "Up+1+hour", "east", "web",
	    "1", "False", "%2Fsrv%2Feast" },
	{ ID("bb0000000002"), "far", "nginx", "Up+1+hour" },
};

/* Two engines; HERE is what parts without a context mean. */
struct world {
	struct inventory here, there;
	struct engine engines[2];
	struct selection selection;
	struct selectors take, leave;
	struct targets got;
	struct error error;
};

static const char *
field(const char *const row[WIDTH], int i)
{
	return row[i] != NULL ? row[i] : "";
}

static void
fill(struct inventory *to, const char *const (*rows)[WIDTH], size_t n)
{
	INVENTORY_ASK_AUTO struct inventory_ask ask = { .labels = true };
	ERROR_AUTO struct error e = { 0 };
	BUF_AUTO struct buf text = { 0 };

	strv_push(&ask.keys, "tier");
	strv_push(&ask.keys, "empty");
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k <= SWARM; k++)
			buf_addf(&text, "%s ", field(rows[i], k));
		buf_addf(&text, "task id %s  %s\n", field(rows[i], TIER),
		    field(rows[i], LABELS));
	}
	assert_int_equal(inventory_parse(to, &ask, buf_text(&text), text.len,
	    &e), 0);
}

static void
begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	fill(&w->here, here, COUNT(here));
	fill(&w->there, there, COUNT(there));
	w->engines[0] = (struct engine){ .common = true,
		.inventory = &w->here };
	w->engines[1] = (struct engine){ .context = "east",
		.inventory = &w->there };
	w->selection = (struct selection){ .take = &w->take,
		.leave = &w->leave, .engines = w->engines, .engine_count = 2,
		.directory = "/srv/proj/src" };
}

static void
end(struct world *w)
{
	inventory_clear(&w->here);
	inventory_clear(&w->there);
	selectors_clear(&w->take);
	selectors_clear(&w->leave);
	targets_clear(&w->got);
	error_clear(&w->error);
}

/* The names that TARGET selects without those of EXCEPT, or the error. */
static char *
names_of(struct world *w, const char *target, const char *except)
{
	struct buf b = { 0 };

	selectors_clear(&w->take);
	selectors_clear(&w->leave);
	targets_clear(&w->got);
	error_clear(&w->error);
	assert_int_equal(selectors_parse(&w->take, target, NULL, &w->error),
	    0);
	if (except != NULL)
		assert_int_equal(selectors_parse(&w->leave, except, NULL,
		    &w->error), 0);
	if (select_targets(&w->selection, &w->got, &w->error) == -1)
		return mem_dup(w->error.text);
	for (size_t i = 0; i < w->got.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", w->got.v[i].name);
	return buf_steal(&b);
}

struct row {
	const char *target, *except, *names;
};

static int
judge(struct world *w, const struct row *rows, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		MEM_AUTO char *got = names_of(w, rows[i].target,
		    rows[i].except);

		wrong += differs_text(rows[i].target, got, rows[i].names);
	}
	return wrong;
}

static void
each_part_selects_its_own(void **state)
{
	static const struct row rows[] = {
		{ "web-10,web-1", NULL, "web-1 web-10" },
		{ "web-*", NULL, "web-1 web-2 web-10" },
		{ "web-?,db,web-1", NULL, "db web-1 web-2" },
		{ "@all", NULL,
		    "aa00 api.1 db inner task web-1 web-2 web-10" },
		/* What does not run is there by name only. */
		{ "web-old,rs", NULL, "rs web-old" },
		{ "web-o*", NULL, "no container matches 'web-o*'" },
		{ "rs*", NULL, "no container matches 'rs*'" },
		/* Name before ID, ID before its beginning. */
		{ "aa00,db", NULL, "aa00 db" },
		{ ID("aa0000000001") ",db", NULL, "db web-1" },
		{ "aa0000000001,db", NULL, "db web-1" },
		{ "ab,db", NULL, "db web-2" },
		{ "aa,db", NULL,
		    "'aa' begins the IDs of 2 containers: web-[1,10]" },
		{ ID("aa0000000001") "0,db", NULL, "no such container: "
		    ID("aa0000000001") "0" },
		{ "@label:tier", NULL, "web-1 web-2 web-10" },
		{ "@label:tier=front", NULL, "web-1 web-10" },
		{ "@label:empty", NULL, "web-1" },
		{ "@label:empty=", NULL, "web-1" },
		{ "@label:tier=", NULL, "no container matches '@label:tier='" },
		{ "@health:healthy", NULL, "web-1" },
		{ "@health:unhealthy", NULL, "web-10" },
		{ "@health:starting", NULL, "api.1" },
		{ "@health:none", NULL, "aa00 db inner task web-2" },
		{ "@image:nginx", NULL, "web-1 web-2 web-10" },
		{ "@image:nginx:1.25", NULL, "web-10" },
		{ "@image:4df9", NULL, "inner" },
		{ "@image:apache", NULL, "no container matches '@image:apache'" },
		/* Another's business, unless it is to be left out. */
		{ "@swarm:api", NULL, "" },
		{ "@swarm:api,db", NULL, "db" },
		{ "api*,db", "@swarm:api", "db" },
	};
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(judge(&w, rows, COUNT(rows)), 0);
	end(&w);
}

static void
nothing_is_selected_by_halves(void **state)
{
	static const struct row rows[] = {
		{ "db,wbe-1", NULL,
		    "no such container: wbe-1 (did you mean web-1?)" },
		{ "db,zzzzzz", NULL, "no such container: zzzzzz" },
		{ "db,a\033m\nb", NULL, "no such container: a\\033m\\nb" },
		{ "db,nope*", NULL, "no container matches 'nope*'" },
		{ "db,@label:k", NULL, "no container matches '@label:k'" },
		{ "@compose:wbe", NULL,
		    "no container matches '@compose:wbe' (project proj)" },
		{ "@context:east/wbe-1", NULL,
		    "no such container: wbe-1 (did you mean web-1?)" },
		{ "@context:east/db", NULL, "no such container: db" },
		{ "@context:west/@all", NULL,
		    "no container matches '@context:west/@all'" },
		{ "db", "d*",
		    "all containers that are selected are excluded as well" },
	};
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(judge(&w, rows, COUNT(rows)), 0);
	assert_int_equal(w.error.status, 125);
	assert_false(w.error.usage);
	end(&w);
}

static void
excluded_is_what_x_selects(void **state)
{
	static const struct row rows[] = {
		{ "web-*", "web-2", "web-1 web-10" },
		{ "web-*", "@label:tier=front", "web-2" },
		{ "web-*,db", "nope,nope*,@label:x,@compose:nope",
		    "db web-1 web-2 web-10" },
		{ "web-old,db", "web-old", "db" },
		{ "@all", "@image:nginx,@health:none", "api.1" },
		{ "@all", "aa",
		    "'aa' begins the IDs of 2 containers: web-[1,10]" },
		/* Without a context it holds in all, with one only there. */
		{ "web-2,@context:east/@all", "web-1", "east/far web-2" },
		{ "web-1,@context:east/@all", "@context:east/web-1",
		    "east/far web-1" },
	};
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(judge(&w, rows, COUNT(rows)), 0);
	end(&w);
}

static void
the_compose_project_is_the_nearest(void **state)
{
	static const struct {
		const char *project, *directory, *target, *names;
	} cases[] = {
		{ NULL, "/srv/proj", "@compose", "db web-1 web-2 web-10" },
		{ "", "/srv/proj/", "@compose:db", "db" },
		{ NULL, "/srv/proj/a/b", "@compose:web#10", "web-10" },
		{ NULL, "/srv/proj/inner", "@compose", "inner" },
		{ NULL, "/srv/proj/inner/x", "@compose:app#1", "inner" },
		{ NULL, "/srv/proj/innermost", "@compose:web#2", "web-2" },
		{ "inner", "/srv/proj", "@compose", "inner" },
		{ "inner", NULL, "@compose", "inner" },
		{ "nope", "/srv/proj", "@compose",
		    "no container matches '@compose' (project nope)" },
		/* What is left of an older project does not count. */
		{ "older", "/srv/proj", "@compose",
		    "no container matches '@compose' (project older)" },
		{ NULL, "/srv", "@compose:web", "'@compose:web': nothing that "
		    "runs was started by compose from here or above "
		    "(COMPOSE_PROJECT_NAME can name a project)" },
		{ NULL, "/srv/project", "@compose", "'@compose': nothing that "
		    "runs was started by compose from here or above "
		    "(COMPOSE_PROJECT_NAME can name a project)" },
		{ NULL, NULL, "@compose", "'@compose': nothing that "
		    "runs was started by compose from here or above "
		    "(COMPOSE_PROJECT_NAME can name a project)" },
		{ NULL, "/srv/east", "@context:east/@compose", "east/web-1" },
		{ "proj", "/", "@compose:web#3",
		    "no container matches '@compose:web#3' (project proj)" },
	};
	struct world w;
	int wrong = 0;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *got = NULL;

		w.selection.project = cases[i].project;
		w.selection.directory = cases[i].directory;
		got = names_of(&w, cases[i].target, NULL);
		wrong += differs_text(cases[i].target, got, cases[i].names);
	}
	assert_int_equal(wrong, 0);
	end(&w);
}

static void
two_projects_of_one_directory_are_no_answer(void **state)
{
	struct world w;
	MEM_AUTO char *got = NULL;

	(void)state;
	begin(&w);
	w.here.v[5].state = STATE_RUNNING;
	got = names_of(&w, "@compose", NULL);
	assert_string_equal(got, "'@compose': projects proj and older were "
	    "both started here (COMPOSE_PROJECT_NAME can name one)");
	end(&w);
}

static void
a_nearer_project_wins_wherever_it_is_listed(void **state)
{
	const struct row nearest = { "@compose", NULL, "inner" };
	struct container first;
	struct world w;

	(void)state;
	begin(&w);
	w.selection.directory = "/srv/proj/inner";
	/* Behind two that share a directory above, and before them. */
	w.here.v[5].state = STATE_RUNNING;
	assert_int_equal(judge(&w, &nearest, 1), 0);
	first = w.here.v[0];
	w.here.v[0] = w.here.v[7];
	w.here.v[7] = first;
	assert_int_equal(judge(&w, &nearest, 1), 0);
	end(&w);
}

static void
a_name_goes_before_an_id(void **state)
{
	const struct row named = { ID("aa0000000001") ",db", NULL,
		ID("aa0000000001") " db" };
	struct world w;

	(void)state;
	begin(&w);
	free(w.here.v[9].name);
	w.here.v[9].name = mem_dup(ID("aa0000000001"));
	assert_int_equal(judge(&w, &named, 1), 0);
	assert_string_equal(w.got.v[0].id, ID("120000000010"));
	end(&w);
}

static void
several_engines_are_one_list(void **state)
{
	static const struct row one[] = {
		{ "@context:east/web-1", NULL, "east/web-1" },
		{ "@context:east/*,web-1", NULL, "east/far east/web-1 web-1" },
		{ "far,db", NULL, "no such container: far" },
		{ "@context:east/bb0000000002", NULL, "east/far" },
	};
	static const struct row both[] = {
		{ "web-1,db", NULL, "db east/web-1 web-1" },
		{ "far,db", NULL, "db east/far" },
		{ "far*", NULL, "east/far" },
		{ "bb,db", NULL, "'bb' begins the IDs of 2 containers: "
		    "east/far,east/web-1" },
		{ "web-*", "@context:east/@all", "web-1 web-2 web-10" },
	};
	static const struct row same[] = {
		{ "web-1,aa0000000002", NULL, "east/web-1 east/web-10" },
		{ "web-*", "@context:east/web-1", "east/web-2 east/web-10" },
	};
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(judge(&w, one, COUNT(one)), 0);
	assert_string_equal(w.got.v[0].context, "east");
	w.engines[1].common = true;
	assert_int_equal(judge(&w, both, COUNT(both)), 0);
	/* Two contexts that lead to one engine: each container once. */
	w.engines[1].inventory = &w.here;
	assert_int_equal(judge(&w, same, COUNT(same)), 0);
	end(&w);
}

static void
nothing_is_missed_where_no_answer_came_from(void **state)
{
	static const struct row rows[] = {
		{ "@context:east/web-1,db", NULL, "db" },
		{ "@context:east/@all", NULL, "" },
		{ "nope,db", NULL, "no such container: nope" },
	};
	static const struct row common[] = {
		{ "nope,nope*,db", NULL, "db" },
	};
	struct world w;

	(void)state;
	begin(&w);
	w.engines[1].lost = true;
	w.engines[1].inventory = NULL;
	assert_int_equal(judge(&w, rows, COUNT(rows)), 0);
	w.engines[1].common = true;
	assert_int_equal(judge(&w, common, COUNT(common)), 0);
	end(&w);
}

/* Any of the five can be among the two, and those are in order. */
static void
some_are_picked_by_chance(void **state)
{
	struct world w;
	size_t seen[5] = { 0 };
	const char *const names[] = { "db", "inner", "web-1", "web-2",
		"web-10" };

	(void)state;
	begin(&w);
	w.selection.pick = 2;
	for (int i = 0; i < 200; i++) {
		MEM_AUTO char *got = names_of(&w, "web-*,db,inner", NULL);
		size_t last = 0, k;

		assert_int_equal(w.got.n, 2);
		for (size_t j = 0; j < 2; j++) {
			for (k = 0; strcmp(names[k], w.got.v[j].name) != 0;)
				k++;
			assert_true(j == 0 || k > last);
			last = k;
			seen[k]++;
		}
	}
	for (size_t i = 0; i < 5; i++)
		assert_in_range(seen[i], 1, 199);
	w.selection.pick = 9;
	{
		MEM_AUTO char *got = names_of(&w, "web-*,db", NULL);

		assert_string_equal(got, "db web-1 web-2 web-10");
	}
	end(&w);
}

static void
the_table_is_for_people(void **state)
{
	struct world w;
	MEM_AUTO char *names = NULL, *table = NULL, *empty = NULL;

	(void)state;
	begin(&w);
	names = names_of(&w, "web-1,db,inner,@context:east/far", NULL);
	free(w.got.v[0].image);
	w.got.v[0].image = mem_dup("caf\303\251\033");
	table = targets_table(&w.got);
	assert_string_equal(table,
	    "NAME      ID            IMAGE                STATUS\n"
	    "db        0c0000000004  caf\303\251\\033             "
	    "Up 1 hour (Paused)\n"
	    "east/far  bb0000000002  nginx                Up 1 hour\n"
	    "inner     100000000008  sha256:4df9cc93e65b  Up 1 hour\n"
	    "web-1     aa0000000001  nginx                "
	    "Up 1 hour (healthy)\n");
	targets_clear(&w.got);
	targets_clear(&w.got);
	empty = targets_table(&w.got);
	assert_string_equal(empty, "NAME  ID  IMAGE  STATUS\n");
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_part_selects_its_own),
		cmocka_unit_test(nothing_is_selected_by_halves),
		cmocka_unit_test(excluded_is_what_x_selects),
		cmocka_unit_test(the_compose_project_is_the_nearest),
		cmocka_unit_test(two_projects_of_one_directory_are_no_answer),
		cmocka_unit_test(a_nearer_project_wins_wherever_it_is_listed),
		cmocka_unit_test(a_name_goes_before_an_id),
		cmocka_unit_test(several_engines_are_one_list),
		cmocka_unit_test(nothing_is_missed_where_no_answer_came_from),
		cmocka_unit_test(some_are_picked_by_chance),
		cmocka_unit_test(the_table_is_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
