/* SPDX-License-Identifier: ISC */
/*
 * A call through a warm connection, as dexec sees it: what is asked for, where,
 * and what it makes of whatever the keeper says, in any pieces.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/warm.h"
#include "container/warm_place.h"
#include "container/warm_request.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/passing.h"

#define DEADLINE_MS	5000

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

/* ---- the conversation */

static struct loop loop;
static struct warm warm;
static struct buf story;
static int keeper;		/* our end, as the keeper's */

static void
tell_declined(void *arg, const char *why)
{
	(void)arg;
	buf_addf(&story, "declined %s;", why);
}

static void
tell_started(void *arg)
{
	(void)arg;
	buf_addf(&story, "started;");
}

static void
tell_swept(void *arg, int hit, int left, bool main_lives)
{
	(void)arg;
	buf_addf(&story, "swept %d %d %d;", hit, left, main_lives);
}

static void
tell_ended(void *arg, int status)
{
	(void)arg;
	buf_addf(&story, "ended %d;", status);
}

static void
tell_lost(void *arg, const char *why)
{
	(void)arg;
	buf_addf(&story, "lost %s;", why);
}

/* A listening keeper, and a call that has come to it. */
static int
call_keeper(void **state)
{
	struct start start = { .flags = 0, .cookie = "0", .directory = "",
	    .argv = (char *const *)command };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	int pipes[3] = { -1, STDOUT_FILENO, STDERR_FILENO };
	struct error e = { 0 };

	make_directory(state);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/s", directory);
	assert_int_equal(bind(listening, (struct sockaddr *)&at, sizeof(at)),
	    0);
	assert_int_equal(listen(listening, 1), 0);
	assert_true(warm_connect(&warm, at.sun_path));
	keeper = accept(listening, NULL, NULL);
	close(listening);
	unlink(at.sun_path);
	assert_int_equal(loop_init(&loop, &e), 0);
	warm.hooks = (struct warm_hooks){ .declined = tell_declined,
	    .started = tell_started, .swept = tell_swept, .ended = tell_ended,
	    .lost = tell_lost };
	warm_call(&warm, &loop, "key", &start, pipes);
	return 0;
}

static int
hang_up(void **state)
{
	if (keeper != -1)
		close(keeper);
	warm_clear(&warm);
	loop_clear(&loop);
	buf_clear(&story);
	return remove_directory(state);
}

static void
say(uint8_t type, const char *payload, size_t n)
{
	uint8_t bytes[FRAME_HEADER + 64];

	frame_header(bytes, 0, type, (uint32_t)n);
	memcpy(bytes + FRAME_HEADER, payload, n);
	/* A byte at a time: a frame may come in any pieces. */
	for (size_t i = 0; i < FRAME_HEADER + n; i++)
		assert_int_equal(file_write(keeper, bytes + i, 1), 0);
}

static void
leave(void)
{
	close(keeper);
	keeper = -1;
}

static void
stop_waiting(void *arg)
{
	*(bool *)arg = true;
}

/* Turn the loop until the story is EXPECTED, or the deadline has passed. */
static void
expect(const char *expected)
{
	bool late = false;
	struct loop_timer limit = { .fire = stop_waiting, .arg = &late };
	struct error e = { 0 };

	loop_after(&loop, &limit, DEADLINE_MS);
	while (!late && strlen(buf_text(&story)) < strlen(expected))
		assert_int_equal(loop_round(&loop, &e), 0);
	loop_cancel(&loop, &limit);
	assert_string_equal(buf_text(&story), expected);
}

static void
a_call_brings_key_start_and_pipes(void **state)
{
	uint8_t bytes[512];
	struct frame_reader r = { 0 };
	struct start start;
	struct frame f;
	int fds[PASSING_MOST];
	size_t n = 0, room;
	ssize_t got = passing_receive(keeper, bytes, sizeof(bytes), fds, &n);

	(void)state;
	assert_true(got > 0);
	memcpy(frame_reader_space(&r, &room), bytes, (size_t)got);
	frame_reader_filled(&r, (size_t)got);
	assert_int_equal(frame_next(&r, &f), 1);
	assert_int_equal(f.type, MESSAGE_CALL);
	assert_int_equal(frame_get32(f.payload), 3);
	assert_memory_equal(f.payload + 4, "key", 3);
	assert_int_equal(start_decode(&start, f.payload + 7, f.length - 7), 0);
	assert_string_equal(start.argv[0], "true");
	start_clear(&start);
	frame_reader_clear(&r);
	assert_int_equal(n, 2);
	close(fds[0]);
	close(fds[1]);
}

static void
from_taken_to_its_end(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_END, "\0\3", 2);
	expect("started;ended 3;");
}

static void
a_deadly_signal_is_told_as_docker_does(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_END, "\1\11", 2);
	expect("started;ended 137;");
}

static void
declined_in_words(void **state)
{
	(void)state;
	say(MESSAGE_DECLINED, "no", 2);
	expect("declined no;");
}

static void
refused_is_surely_not_run(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_REFUSED, "\0\0\0\2", 4);
	expect("declined No such file or directory;");
}

static void
gone_before_it_took_the_call(void **state)
{
	(void)state;
	leave();
	expect("declined its keeper is gone;");
}

static void
gone_after_that_nobody_knows(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	leave();
	expect("lost its keeper is gone;");
}

static void
lost_in_words(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_LOST, "the agent", 9);
	expect("started;lost the agent;");
}

static void
sweeps_are_answered(void **state)
{
	(void)state;
	assert_true(warm_sweep(&warm, SIGTERM, WIRE_FOLLOW));
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	say(MESSAGE_SWEPT, "\0\0\0\3\0\0\0\1\1", 9);
	expect("started;swept 3 1 1;");
}

static void
nonsense_ends_it(void **state)
{
	(void)state;
	say(MESSAGE_TAKEN, "", 0);
	say(MESSAGE_END, "\0\3", 2);	/* it has not started */
	expect("lost what it says makes no sense;");
}

static void
nonsense_before_it_was_taken_is_no_loss(void **state)
{
	(void)state;
	say(MESSAGE_STARTED, "\0\0\0\7", 4);
	expect("declined what it says makes no sense;");
}

static void
a_keeper_that_says_nothing_is_not_waited_for(void **state)
{
	(void)state;
	expect("declined its keeper is gone;");
}

#define PLACE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
#define CALL_TEST(name) \
	cmocka_unit_test_setup_teardown(name, call_keeper, hang_up)

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
		CALL_TEST(a_call_brings_key_start_and_pipes),
		CALL_TEST(from_taken_to_its_end),
		CALL_TEST(a_deadly_signal_is_told_as_docker_does),
		CALL_TEST(declined_in_words),
		CALL_TEST(refused_is_surely_not_run),
		CALL_TEST(gone_before_it_took_the_call),
		CALL_TEST(gone_after_that_nobody_knows),
		CALL_TEST(lost_in_words),
		CALL_TEST(sweeps_are_answered),
		CALL_TEST(nonsense_ends_it),
		CALL_TEST(nonsense_before_it_was_taken_is_no_loss),
		CALL_TEST(a_keeper_that_says_nothing_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
