/* SPDX-License-Identifier: ISC */
/* TARGET, read: its parts, groups in groups, and what is wrong with it. */
#include "unit.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "fanout/selector.h"

static const char *const kinds[] = {
	[SELECTOR_NAME] = "name", [SELECTOR_GLOB] = "glob",
	[SELECTOR_ALL] = "all", [SELECTOR_LABEL] = "label",
	[SELECTOR_COMPOSE] = "compose", [SELECTOR_SWARM] = "swarm",
	[SELECTOR_IMAGE] = "image", [SELECTOR_HEALTH] = "health",
};

static void
push_groups(struct strv *groups)
{
	strv_push(groups, "web=an older line");
	strv_push(groups, "db = db-1, db-2");
	strv_push(groups, "web=web-*");
	strv_push(groups, "both=@web,@db");
	strv_push(groups, "twice=@both,@both");
	strv_push(groups, "loop=a,@round");
	strv_push(groups, "round=@loop");
	strv_push(groups, "self=@self");
	strv_push(groups, "empty=");
	strv_push(groups, "bad=a,@nope");
	strv_push(groups, "far=@context:B/x");
	strv_push(groups, "no line of a group");
}

/* "kind[ in CONTEXT] <WORD>[=<VALUE>][#N]" for each part, a blank between. */
static char *
render(const struct selectors *s)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		const struct selector *part = &s->v[i];

		buf_addf(&b, "%s%s", i > 0 ? " " : "", kinds[part->kind]);
		if (part->context != NULL)
			buf_addf(&b, ":%s", part->context);
		if (part->word != NULL)
			buf_addf(&b, "<%s>", part->word);
		if (part->value != NULL)
			buf_addf(&b, "=<%s>", part->value);
		if (part->replica != 0)
			buf_addf(&b, "#%u", part->replica);
		if (part->kind == SELECTOR_HEALTH)
			buf_addf(&b, "%d", part->health);
	}
	return buf_steal(&b);
}

static const struct {
	const char *target, *parts;
} good_cases[] = {
	{ "web", "name<web>" }, { "a,b", "name<a> name<b>" },
	{ "a, b", "name<a> name<b>" }, { "web-*", "glob<web-*>" },
	{ "web-?", "glob<web-?>" }, { "web-[12]", "glob<web-[12]>" },
	{ "web-[1,2],x", "glob<web-[1,2]> name<x>" },
	{ "w[],]x,y", "glob<w[],]x> name<y>" },
	{ "w[!,]x", "glob<w[!,]x>" }, { "w[\\],]x", "glob<w[\\],]x>" },
	{ "web\\*", "glob<web\\*>" }, { "a\\,b", "name<a,b>" },
	{ "a\\\\,b", "name<a\\> name<b>" }, { "a\\b", "name<a\\b>" },
	{ "a\\", "name<a\\>" }, { "w\\[x*", "glob<w\\[x*>" },
	{ "@all", "all" }, { "@all,-x", "all name<-x>" },
	{ "@label:k", "label<k>" }, { "@label:k=", "label<k>=<>" },
	{ "@label:k=v", "label<k>=<v>" },
	{ "@label:k=a=b", "label<k>=<a=b>" },
	{ "@label:k=a\\,b,c", "label<k>=<a,b> name<c>" },
	{ "@label:k=a\\\\,b", "label<k>=<a\\> name<b>" },
	{ "@label:k=C:\\dir", "label<k>=<C:\\dir>" },
	{ "@label:k=[,x", "label<k>=<[> name<x>" },
	{ "@label:a:b=c:d", "label<a:b>=<c:d>" },
	{ "@label:k=v ", "label<k>=<v >" },
	{ "@compose", "compose" }, { "@compose:api", "compose<api>" },
	{ "@compose:api#2", "compose<api>#2" },
	{ "@compose:api#10,@compose:db",
	    "compose<api>#10 compose<db>" },
	{ "@swarm:api", "swarm<api>" },
	{ "@image:reg:5000/x/nginx:1.25@sha256:ab",
	    "image<reg:5000/x/nginx:1.25@sha256:ab>" },
	{ "@health:none,@health:starting,@health:healthy,@health:unhealthy",
	    "health0 health1 health2 health3" },
	{ "@web", "glob<web-*>" }, { "@db", "name<db-1> name<db-2>" },
	{ "@both,x", "glob<web-*> name<db-1> name<db-2> name<x>" },
	{ "@twice", "glob<web-*> name<db-1> name<db-2> "
	    "glob<web-*> name<db-1> name<db-2>" },
	{ "@context:A/web", "name:A<web>" },
	{ "@context:A/web,db", "name:A<web> name<db>" },
	{ "@context:A/w[1,2]", "glob:A<w[1,2]>" },
	{ "@context:A/@all", "all:A" },
	{ "@context:A/@image:x/y", "image:A<x/y>" },
	{ "@context:A/@label:k=a\\,b", "label:A<k>=<a,b>" },
	{ "@context:A/@db,z", "name:A<db-1> name:A<db-2> name<z>" },
	{ "@far", "name:B<x>" },
	{ "a,a", "name<a> name<a>" }, { "a@all", "name<a@all>" },
};

static void
each_part_is_what_it_says(void **state)
{
	STRV_AUTO struct strv groups = { 0 };
	int wrong = 0;

	(void)state;
	push_groups(&groups);
	for (size_t i = 0; i < COUNT(good_cases); i++) {
		SELECTORS_AUTO struct selectors s = { 0 };
		ERROR_AUTO struct error e = { 0 };
		MEM_AUTO char *got = NULL;

		selectors_parse(&s, good_cases[i].target, &groups, &e);
		got = render(&s);
		wrong += differs_text(good_cases[i].target, e.text, NULL);
		wrong += differs_text(good_cases[i].target, got,
		    good_cases[i].parts);
	}
	assert_int_equal(wrong, 0);
}

#define EMPTY	"a part between commas is empty"
#define KEY	": a label needs a key (@label:KEY[=VALUE])"
#define SERVICE	": a service is missing (@compose:SERVICE[#N])"
#define REPLICA	": what stands behind # is a replica's number, from 1 on"
#define HEALTH	": health is healthy, unhealthy, starting or none"
#define CONTEXT	": a context is named with what is selected there " \
    "(@context:NAME/SELECTOR)"
#define OPEN	": a bracket is not closed"

static const struct {
	const char *target, *text;
} bad_cases[] = {
	{ "", EMPTY }, { ",", EMPTY }, { "a,", EMPTY }, { ",a", EMPTY },
	{ "a,,b", EMPTY }, { "a, ,b", EMPTY },
	{ "@", "unknown group '@'" }, { "@zzzzzz", "unknown group '@zzzzzz'" },
	{ "@wbe", "unknown group '@wbe' (did you mean '@web'?)" },
	{ "@al", "unknown group '@al' (did you mean '@all'?)" },
	{ "@compose#2", "unknown group '@compose#2' "
	    "(did you mean '@compose'?)" },
	{ "@a\nb\033c", "unknown group '@a\\nb\\033c'" },
	{ "@all:x", "'@all:x': @all takes no value" },
	{ "@label", "'@label'" KEY }, { "@label:", "'@label:'" KEY },
	{ "@label:=v", "'@label:=v'" KEY },
	{ "@compose:", "'@compose:'" SERVICE },
	{ "@compose:#1", "'@compose:#1'" SERVICE },
	{ "@compose:a#", "'@compose:a#'" REPLICA },
	{ "@compose:a#0", "'@compose:a#0'" REPLICA },
	{ "@compose:a#x", "'@compose:a#x'" REPLICA },
	{ "@compose:a#-1", "'@compose:a#-1'" REPLICA },
	{ "@compose:a#1#2", "'@compose:a#1#2'" REPLICA },
	{ "@compose:a#9999999999", "'@compose:a#9999999999'" REPLICA },
	{ "@swarm", "'@swarm': a service is missing (@swarm:SERVICE)" },
	{ "@swarm:", "'@swarm:': a service is missing (@swarm:SERVICE)" },
	{ "@image", "'@image': an image is missing (@image:REF)" },
	{ "@image:", "'@image:': an image is missing (@image:REF)" },
	{ "@health", "'@health'" HEALTH }, { "@health:", "'@health:'" HEALTH },
	{ "@health:well", "'@health:well'" HEALTH },
	{ "@context", "'@context'" CONTEXT },
	{ "@context:A", "'@context:A'" CONTEXT },
	{ "@context:A/", "'@context:A/'" CONTEXT },
	{ "@context:/a", "'@context:/a'" CONTEXT },
	{ "@context:A,a/b", "'@context:A'" CONTEXT },
	{ "@context:A/@context:B/c",
	    "'@context:B/c': a context within a context" },
	{ "@context:A/@far",
	    "group '@far': '@context:B/x': a context within a context" },
	{ "web-[1", "'web-[1'" OPEN }, { "a,[", "'['" OPEN },
	{ "a,w[],b", "'w[],b'" OPEN }, { "[!]", "'[!]'" OPEN },
	{ "w[\\]", "'w[\\\\]'" OPEN },
	{ "@context:A/w[1", "'@context:A/w[1'" OPEN },
	{ "@loop", "group '@loop': group '@round': "
	    "group '@loop' holds itself" },
	{ "@self", "group '@self': group '@self' holds itself" },
	{ "@context:A/@self", "group '@self': group '@self' holds itself" },
	{ "@empty", "group '@empty': " EMPTY },
	{ "@bad", "group '@bad': unknown group '@nope'" },
};

static void
what_is_wrong_is_named(void **state)
{
	STRV_AUTO struct strv groups = { 0 };
	int wrong = 0, rc;

	(void)state;
	push_groups(&groups);
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		SELECTORS_AUTO struct selectors s = { 0 };
		ERROR_AUTO struct error e = { 0 };

		rc = selectors_parse(&s, bad_cases[i].target, &groups, &e);
		wrong += differs(bad_cases[i].target, rc, -1);
		wrong += differs_text(bad_cases[i].target, e.text,
		    bad_cases[i].text);
		wrong += differs(bad_cases[i].target, e.status, 125);
		wrong += differs(bad_cases[i].target, e.usage, false);
	}
	assert_int_equal(wrong, 0);
}

static void
groups_cannot_grow_without_end(void **state)
{
	STRV_AUTO struct strv wide = { 0 };
	STRV_AUTO struct strv deep = { 0 };
	SELECTORS_AUTO struct selectors s = { 0 };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	for (int i = 0; i < 30; i++) {
		strv_pushf(&wide, "g%d=@g%d,@g%d", i, i + 1, i + 1);
		strv_pushf(&deep, "g%d=@g%d", i, i + 1);
	}
	strv_push(&wide, "g30=a");
	assert_int_equal(selectors_parse(&s, "@g0", &wide, &e), -1);
	assert_non_null(strstr(e.text, "more than 10000 parts"));
	assert_int_equal(s.n, 10000);
	selectors_clear(&s);
	error_clear(&e);
	strv_push(&deep, "g30=a");
	assert_int_equal(selectors_parse(&s, "@g0", &deep, &e), 0);
	for (int i = 30; i < 40; i++)
		strv_pushf(&deep, "g%d=@g%d", i, i + 1);
	assert_int_equal(selectors_parse(&s, "@g0", &deep, &e), -1);
	assert_non_null(strstr(e.text, "is more than 32 groups deep"));
}

static void
groups_may_be_none(void **state)
{
	SELECTORS_AUTO struct selectors s = { 0 };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	assert_int_equal(selectors_parse(&s, "@web", NULL, &e), -1);
	assert_string_equal(e.text, "unknown group '@web'");
	selectors_clear(&s);
	selectors_clear(&s);
}

static void
a_part_knows_how_it_was_written(void **state)
{
	SELECTORS_AUTO struct selectors s = { 0 };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	assert_int_equal(selectors_parse(&s,
	    "a,@label:k=x\\,y,@context:A/w-*", NULL, &e), 0);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.v[0].part, "a");
	assert_string_equal(s.v[1].part, "@label:k=x\\,y");
	assert_string_equal(s.v[2].part, "@context:A/w-*");
}

/* What is plain goes to docker with no list of containers before it. */
static void
one_plain_name_is_told_from_the_rest(void **state)
{
	static const struct {
		const char *target;
		bool plain;
	} cases[] = {
		{ "web", true }, { "0123456789ab", true }, { "a.b_c-d", true },
		{ "", true }, { "-x", true }, { "a b\nc", true },
		{ "a@all", true }, { "a]", true }, { "a\\b", true },
		{ "\377", true }, { "a/b", true },
		{ "a,b", false }, { ",", false }, { "@all", false },
		{ "@", false }, { "a*", false }, { "a?", false },
		{ "a[", false }, { "a\\*", false },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs(cases[i].target,
		    selector_is_plain(cases[i].target), cases[i].plain);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_part_is_what_it_says),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(groups_cannot_grow_without_end),
		cmocka_unit_test(groups_may_be_none),
		cmocka_unit_test(a_part_knows_how_it_was_written),
		cmocka_unit_test(one_plain_name_is_told_from_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
