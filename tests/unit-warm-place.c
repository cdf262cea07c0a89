/* SPDX-License-Identifier: ISC */
/*
 * What a call through a warm connection asks for, and of whom: the plan as a
 * request, the key, and the directory of the sockets.
 */
#include "unit.h"

#include <sys/stat.h>

#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/warm_place.h"
#include "container/warm_request.h"

static struct docker docker = { .program = "docker" };

/* ---- the request */

static const char *command[] = { "true", NULL };

static struct plan
plan_of(const struct exec_options *options)
{
	return (struct plan){ .docker = &docker, .options = options,
	    .target = "C", .command = (char *const *)command, .cookie = "0" };
}

/* The words of the environment that is asked for, or why it is not. */
static char *
asked(const struct plan *p)
{
	ERROR_AUTO struct error e = { 0 };
	struct warm_request r;
	struct buf words = { 0 };

	if (warm_request_make(&r, p, &e) == 0)
		for (char *const *word = r.start.env; *word != NULL; word++)
			buf_addf(&words, "%s;", *word);
	else
		buf_addf(&words, "cold: %s", e.text);
	warm_request_clear(&r);
	buf_add(&words, "", 0);
	return buf_steal(&words);
}

static void
obstacles_make_it_cold(void **state)
{
	struct exec_options options[] = { { .tty = true }, { .detach = true },
	    { .workdir = "relative" }, { .user = "u", .workdir = "/tmp" } };
	static const char *const expected[] = {
		"cold: a terminal is docker's",
		"cold: what is detached shall outlive the connection",
		"cold: the directory is not absolute",
		"",
	};
	struct plan p;
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		MEM_AUTO char *got = NULL;

		p = plan_of(&options[i]);
		got = asked(&p);
		bad += differs_text(expected[i], got, expected[i]);
	}
	p = plan_of(&options[3]);
	p.cookie = NULL;
	MEM_AUTO char *got = asked(&p);
	assert_string_equal(got, "cold: its processes shall not be marked");
	assert_int_equal(bad, 0);
}

static void
variables_are_those_docker_would_send(void **state)
{
	static const char *words[] = { "A=1", "HAVE", "LACK", "B=x=y", NULL };
	static const char *ours[] = { "OURS=2", NULL };
	struct exec_options options = { 0 };
	struct plan p = plan_of(&options);

	(void)state;
	setenv("HAVE", "it", 1);
	unsetenv("LACK");
	for (size_t i = 0; words[i] != NULL; i++)
		strv_push(&options.env, words[i]);
	p.env = (char *const *)ours;
	MEM_AUTO char *got = asked(&p);
	assert_string_equal(got, "A=1;HAVE=it;LACK;B=x=y;OURS=2;");
	exec_options_clear(&options);
}

static void
files_of_variables(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "A=1\nB=2\n", "A=1;B=2;" },
		{ "A=1", "A=1;" },
		{ "# no\n\n  \tC= x \nHAVE\nLACK\n", "C= x ;HAVE=it;" },
		{ "A=\"q\" # stays\n", "A=\"q\" # stays;" },
		{ "=x\n", NULL },		/* docker's own errors */
		{ "A B=1\n", NULL },
		{ "\xef\xbb\xbf" "A=1\n", NULL },
		{ "A=\xff\n", NULL },
		{ "A=1\r\n", NULL },
	};
	char path[] = "/tmp/unit-warm-XXXXXX";
	int bad = 0, fd = mkstemp(path);

	(void)state;
	setenv("HAVE", "it", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exec_options options = { 0 };
		struct plan p = plan_of(&options);
		MEM_AUTO char *got = NULL;

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(file_write(fd, cases[i].text,
		    strlen(cases[i].text)), 0);
		strv_push(&options.env_file, path);
		got = asked(&p);
		if (cases[i].expected != NULL)
			bad += differs_text(cases[i].text, got,
			    cases[i].expected);
		else
			bad += differs(cases[i].text,
			    strncmp(got, "cold: docker shall read", 23), 0);
		exec_options_clear(&options);
	}
	unlink(path);
	close(fd);
	assert_int_equal(bad, 0);
}

/* ---- the place */

static char directory[64];

static struct warm_place
place_of(const struct plan *p)
{
	struct warm_place w;
	struct error e = { 0 };

	if (warm_place_find(&w, p, &e) == -1)
		print_message("# %s\n", e.text);
	assert_null(e.text);
	return w;
}

static int
make_directory(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/unit-warm-XXXXXX");
	assert_non_null(mkdtemp(directory));
	setenv("XDG_RUNTIME_DIR", directory, 1);
	return 0;
}

static int
remove_directory(void **state)
{
	MEM_AUTO char *inner = mem_printf("%s/dexec", directory);

	(void)state;
	rmdir(inner);
	return rmdir(directory);
}

static void
whatever_makes_a_difference_is_in_the_key(void **state)
{
	struct exec_options none = { 0 }, user = { .user = "u" },
	    privileged = { .privileged = true };
	struct docker host = { .program = "docker", .host = "ssh://h" },
	    context = { .program = "docker", .context = "c" },
	    program = { .program = "podman" };
	struct plan plans[8];
	struct warm_place places[COUNT(plans)];

	(void)state;
	for (size_t i = 0; i < COUNT(plans); i++)
		plans[i] = plan_of(&none);
	plans[1].options = &user;
	plans[2].options = &privileged;
	plans[3].docker = &host;
	plans[4].docker = &context;
	plans[5].docker = &program;
	plans[6].target = "D";
	for (size_t i = 0; i < COUNT(plans); i++)
		places[i] = place_of(&plans[i]);
	assert_string_equal(places[0].key, places[7].key);
	assert_string_equal(places[0].socket, places[7].socket);
	for (size_t i = 0; i < 7; i++)
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(places[i].key, places[k].key);
			assert_string_not_equal(places[i].socket,
			    places[k].socket);
		}
	for (size_t i = 0; i < COUNT(plans); i++)
		warm_place_clear(&places[i]);
}

static void
a_directory_that_others_may_enter_is_not_used(void **state)
{
	MEM_AUTO char *inner = mem_printf("%s/dexec", directory);
	struct exec_options none = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct plan p = plan_of(&none);
	struct warm_place w = place_of(&p);

	(void)state;
	warm_place_clear(&w);
	assert_int_equal(chmod(inner, 0755), 0);
	assert_int_equal(warm_place_find(&w, &p, &e), -1);
	assert_non_null(strstr(e.text, "not a directory of ours alone"));
	warm_place_clear(&w);
}

static void
nor_is_a_link_to_one(void **state)
{
	MEM_AUTO char *inner = mem_printf("%s/dexec", directory);
	struct exec_options none = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct plan p = plan_of(&none);
	struct warm_place w;

	(void)state;
	assert_int_equal(symlink("/root", inner), 0);
	assert_int_equal(warm_place_find(&w, &p, &e), -1);
	warm_place_clear(&w);
	unlink(inner);
}

#define PLACE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(obstacles_make_it_cold),
		cmocka_unit_test(variables_are_those_docker_would_send),
		cmocka_unit_test(files_of_variables),
		PLACE_TEST(whatever_makes_a_difference_is_in_the_key),
		PLACE_TEST(a_directory_that_others_may_enter_is_not_used),
		PLACE_TEST(nor_is_a_link_to_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
