/* SPDX-License-Identifier: ISC */
/* The names of swarm nodes, and the hosts that are made of them. */
#include "unit.h"

#include <stdbool.h>

#include "base/mem.h"
#include "fanout/node.h"

static void
only_a_hosts_name_is_one(void **state)
{
	static const struct {
		const char *name;
		bool good;
	} cases[] = {
		{ "node1", true }, { "Node-1.example.org", true },
		{ "10.0.0.7", true }, { "a_b", true }, { "n", true },
		{ "", false }, { "-oProxyCommand=x", false },
		{ "--host", false }, { ".", false }, { "..", false },
		{ "../other", false }, { "a/b", false }, { "me@host", false },
		{ "host:22", false }, { "a b", false }, { "a%62", false },
		{ "a\n", false }, { "\033[2J", false }, { "n\303\266", false },
		{ "_x", false }, { "[::1]", false }, { "a,b", false },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs(cases[i].name, node_is_name(cases[i].name),
		    cases[i].good);
	assert_int_equal(wrong, 0);
}

static void
a_host_is_made_of_the_template(void **state)
{
	static const struct {
		const char *template, *host;
	} cases[] = {
		{ "ssh://root@%n", "ssh://root@node1" },
		{ "ssh://%n.example.org:2222", "ssh://node1.example.org:2222" },
		{ "unix:///%n/%n.sock", "unix:///node1/node1.sock" },
		{ "tcp://fixed", "tcp://fixed" }, { "", "" },
		{ "a%%n", "a%n" }, { "a%%%n", "a%node1" },
		{ "%", "%" }, { "a%", "a%" }, { "[fe80::1%25e]", "[fe80::1%25e]" },
		{ "%N", "%N" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *host = node_host(cases[i].template, "node1");

		wrong += differs_text(cases[i].template, host, cases[i].host);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_hosts_name_is_one),
		cmocka_unit_test(a_host_is_made_of_the_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
