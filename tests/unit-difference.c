/* SPDX-License-Identifier: ISC */
/*
 * The less common results are told as a diff against the most common ones,
 * which leaves nothing behind, whatever happens.
 */
#include "unit.h"
#include "unit-gather.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fanout/difference.h"

#define DEADLINE	20000

static char scratch[] = "/tmp/unit-scratch.XXXXXX";

static int
make_scratch(void **state)
{
	(void)state;
	if (mkdtemp(scratch) == NULL)
		return -1;
	return setenv("TMPDIR", scratch, 1);
}

static int
remove_scratch(void **state)
{
	(void)state;
	return rmdir(scratch);
}

/* How many entries the scratch directory has, and one of them. */
static int
scratch_entries(struct stat *st)
{
	DIR *dir = opendir(scratch);
	struct dirent *e;
	int n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		assert_int_equal(fstatat(dirfd(dir), e->d_name, st, 0), 0);
	}
	closedir(dir);
	return n;
}

static void
expect_nothing_left(void)
{
	struct stat st;

	assert_int_equal(scratch_entries(&st), 0);
}

static void
set_flag(void *arg)
{
	*(bool *)arg = true;
}

static void
turn_until(struct loop *loop, const bool *flag)
{
	int64_t deadline = clock_now() + DEADLINE;

	while (!*flag) {
		assert_true(clock_now() < deadline);
		assert_int_equal(loop_round(loop, NULL), 0);
	}
}

/* NULL: the text of the error, else what is told. */
static void
expect_difference(struct set *s, const char *want, const char *error)
{
	struct difference d;
	struct gather g = { 0 };
	struct loop loop;
	bool done = false;

	assert_int_equal(loop_init(&loop, NULL), 0);
	gather_set(&g, s);
	difference_start(&d, &loop, &g, set_flag, &done);
	turn_until(&loop, &done);
	expect_nothing_left();
	if (error == NULL)
		assert_null(d.error.text);
	else
		assert_string_equal(d.error.text, error);
	expect_told(&g, want);
	difference_clear(&d);
	difference_clear(&d);
	gather_clear(&g);
	loop_clear(&loop);
	set_clear(s);
}

static void
the_others_are_told_as_a_diff(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	add(&s, 0, "a\nb\nc\n", "");
	expect_difference(&s, "==== web-1 (1) ====\na\nb\nc\n", NULL);
	add(&s, 0, "a\nB\nc\n", "");
	add(&s, 0, "a\nb\nc\n", "");
	add(&s, 0, "a\nb\nc\n", "");
	add(&s, 0, "a\nb\nc\n", "oh");
	add(&s, 4, "a\nb\nc\n", "");
	add(&s, 0, "\xff\nb\nc\n", "new\n");
	expect_difference(&s, "==== web-[2-3] (2) ====\na\nb\nc\n"
	    "==== web-1 (1) ====\n--- web-[2-3]\n+++ web-1\n"
	    "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
	    "==== web-4 (1) ====\n{--- web-[2-3] (stderr)\n"
	    "+++ web-4 (stderr)\n@@ -0,0 +1 @@\n+oh\n"
	    "\\ No newline at end of file\n}"
	    "==== web-5 (1) ====\nexited with status 4\n"
	    "==== web-6 (1) ====\n--- web-[2-3]\n+++ web-6\n"
	    "@@ -1,3 +1,3 @@\n-a\n+\xff\n b\n c\n"
	    "{--- web-[2-3] (stderr)\n+++ web-6 (stderr)\n@@ -0,0 +1 @@\n"
	    "+new\n}", NULL);
}

static void
that_the_others_are_well_is_told_where_most_are_not(void **state)
{
	struct set s = { .n = 0 };

	(void)state;
	add(&s, 1, "", "");
	add(&s, 1, "", "");
	add(&s, 0, "", "");
	expect_difference(&s, "==== web-[1-2] (2) ====\n"
	    "exited with status 1\n"
	    "==== web-3 (1) ====\nexited with status 0\n", NULL);
}

static void
without_diff_they_are_told_whole(void **state)
{
	MEM_AUTO char *path = mem_dup(getenv("PATH"));
	struct set s = { .n = 0 };

	(void)state;
	add(&s, 0, "a\n", "");
	add(&s, 0, "b\n", "");
	setenv("PATH", scratch, 1);
	expect_difference(&s, "==== web-1 (1) ====\na\n"
	    "==== web-2 (1) ====\nb\n",
	    "cannot run diff: No such file or directory");
	setenv("PATH", path, 1);
}

static void
no_room_is_an_error(void **state)
{
	struct set s = { .n = 0 };
	struct difference d;
	struct gather g = { 0 };
	struct loop loop;
	bool done = false;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	add(&s, 0, "a\n", "");
	add(&s, 0, "b\n", "");
	gather_set(&g, &s);
	setenv("TMPDIR", "/nonexistent", 1);
	difference_start(&d, &loop, &g, set_flag, &done);
	turn_until(&loop, &done);
	setenv("TMPDIR", scratch, 1);
	assert_string_equal(d.error.text,
	    "cannot keep what diff says: No such file or directory");
	difference_clear(&d);
	gather_clear(&g);
	loop_clear(&loop);
	set_clear(&s);
}

/* A diff that does as it is told, in a directory that is all of $PATH. */
static char *
put_diff(const char *script)
{
	char *dir = mem_dup("/tmp/unit-difference.XXXXXX");
	MEM_AUTO char *file = NULL;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	file = mem_printf("%s/diff", dir);
	f = fopen(file, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(file, 0700), 0);
	return dir;
}

static void
remove_diff(const char *dir)
{
	MEM_AUTO char *file = mem_printf("%s/diff", dir);

	unlink(file);
	assert_int_equal(rmdir(dir), 0);
}

static void
a_diff_in_trouble_is_quoted(void **state)
{
	MEM_AUTO char *path = mem_dup(getenv("PATH"));
	MEM_AUTO char *dir = put_diff("echo 'diff: no more' >&2\n"
	    "echo half an answer\nexit 2");
	struct set s = { .n = 0 };
	struct difference d;
	struct gather g = { 0 };
	struct loop loop;
	bool done = false;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	add(&s, 0, "a\n", "");
	add(&s, 0, "b\n", "");
	gather_set(&g, &s);
	setenv("PATH", dir, 1);
	difference_start(&d, &loop, &g, set_flag, &done);
	turn_until(&loop, &done);
	setenv("PATH", path, 1);
	assert_string_equal(d.error.text, "diff: no more");
	expect_told(&g, "==== web-1 (1) ====\na\n==== web-2 (1) ====\nb\n");
	difference_clear(&d);
	gather_clear(&g);
	loop_clear(&loop);
	set_clear(&s);
	remove_diff(dir);
	expect_nothing_left();
}

static void
nothing_is_left_of_one_that_was_broken_off(void **state)
{
	MEM_AUTO char *path = mem_dup(getenv("PATH"));
	MEM_AUTO char *dir = put_diff("exec /bin/sleep 1000");
	struct set s = { .n = 0 };
	struct difference d;
	struct gather g = { 0 };
	struct loop loop;
	struct stat st;
	pid_t pid;

	(void)state;
	assert_int_equal(loop_init(&loop, NULL), 0);
	add(&s, 0, "a\n", "");
	add(&s, 0, "b\n", "");
	gather_set(&g, &s);
	setenv("PATH", dir, 1);
	difference_start(&d, &loop, &g, set_flag, NULL);
	turn_until(&loop, &d.running);
	setenv("PATH", path, 1);
	pid = d.child.pid;
	assert_int_equal(scratch_entries(&st), 1);
	assert_int_equal(st.st_mode & 07777, 0700);
	difference_clear(&d);
	expect_nothing_left();
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	remove_diff(dir);
	gather_clear(&g);
	loop_clear(&loop);
	set_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_others_are_told_as_a_diff),
		cmocka_unit_test(
		    that_the_others_are_well_is_told_where_most_are_not),
		cmocka_unit_test(without_diff_they_are_told_whole),
		cmocka_unit_test(no_room_is_an_error),
		cmocka_unit_test(a_diff_in_trouble_is_quoted),
		cmocka_unit_test(nothing_is_left_of_one_that_was_broken_off),
	};

	return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
