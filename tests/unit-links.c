/* SPDX-License-Identifier: ISC */
/* Symbolic links of a container, as they are told where / is elsewhere. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sftp/links.h"

static void
links_lead_to_the_same_file_and_never_out(void **state)
{
	static const struct {
		const char *link, *target, *path;
	} cases[] = {
		{ "/bin", "usr/bin", "usr/bin" },
		{ "/bin", "/usr/bin", "usr/bin" },
		{ "/etc/mtab", "/proc/mounts", "../proc/mounts" },
		{ "/a/b/c", "/", "../.." },
		{ "/root", "/", "." },
		{ "/a", ".", "." },
		{ "/a/b", "./x", "x" },
		{ "/m/.bin/x", "../pkg/bin.js", "../pkg/bin.js" },
		{ "/m/.bin/x", "../../y", "../../y" },
		{ "/m/.bin/x", "../../../etc/passwd", "../../etc/passwd" },
		{ "/x", "../etc/passwd", "etc/passwd" },
		{ "/x", "..", "." },
		{ "/a/x", "/../../etc", "../etc" },
		{ "/a/x", "deep/../../../etc", "../etc" },
		{ "/a/x", "deep/..", "." },
		{ "/a/x", "b//c/./d/", "b/c/d" },
		{ "//a//x", "../..", ".." },
		{ "/a/x", "...", "..." },
		{ "/a/x", "..b/.c", "..b/.c" },
		{ "/a/x", "line\nend", "line\nend" },
	};
	char path[PATH_MAX];
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(links_contain(cases[i].link,
		    cases[i].target, path), 0);
		wrong += differs_text(cases[i].target, path, cases[i].path);
	}
	assert_int_equal(wrong, 0);
}

static void
too_long_is_an_error(void **state)
{
	char link[PATH_MAX], target[PATH_MAX], path[PATH_MAX];

	(void)state;
	memset(target, 'x', sizeof(target));
	target[0] = '/';
	target[PATH_MAX - 1] = '\0';
	assert_int_equal(links_contain("/l", target, path), 0);
	assert_string_equal(path, target + 1);
	assert_int_equal(links_contain("/a/l", target, path), ENAMETOOLONG);
	for (size_t i = 0; i < sizeof(link); i++)
		link[i] = i % 2 == 0 ? '/' : 'd';
	link[PATH_MAX - 1] = '\0';
	assert_int_equal(links_contain(link, "/y", path), ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_lead_to_the_same_file_and_never_out),
		cmocka_unit_test(too_long_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
