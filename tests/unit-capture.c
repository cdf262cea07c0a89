/* SPDX-License-Identifier: ISC */
/* Programs that are started: how, what they say, and when they end. */
#include "unit.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "run/capture.h"
#include "run/docker.h"
#include "run/spawn.h"

#define MIB_WORD (1024 * 1024)

static struct loop loop;
static struct capture capture;

static void
set_flag(void *arg)
{
	*(bool *)arg = true;
}

static int
set_up(void **state)
{
	struct error e = { 0 };

	(void)state;
	return loop_init(&loop, &e);
}

static int
tear_down(void **state)
{
	(void)state;
	capture_clear(&capture);
	capture_clear(&capture);
	loop_clear(&loop);
	return 0;
}

/* Capture SCRIPT, run by sh, for at most LIMIT ms. */
static void
run_script(const char *script, int64_t limit)
{
	STRV_AUTO struct strv argv = { 0 };
	struct error e = { 0 };
	bool done = false;

	strv_push(&argv, "sh");
	strv_push(&argv, "-c");
	strv_push(&argv, script);
	assert_int_equal(capture_start(&capture, &loop, strv_argv(&argv),
	    limit, set_flag, &done, &e), 0);
	while (!done)
		assert_int_equal(loop_round(&loop, &e), 0);
}

/* --- capture */

static void
both_outputs_and_the_status_are_kept(void **state)
{
	(void)state;
	run_script("echo out; echo err >&2; exit 3", 5000);
	assert_string_equal(buf_text(&capture.out), "out\n");
	assert_string_equal(buf_text(&capture.err), "err\n");
	assert_true(WIFEXITED(capture.wait_status));
	assert_int_equal(WEXITSTATUS(capture.wait_status), 3);
	assert_false(capture.timed_out);
	assert_false(capture_succeeded(&capture));
	/* Again, with nothing left of the first. */
	run_script("echo 2", 5000);
	assert_string_equal(buf_text(&capture.out), "2\n");
	assert_string_equal(buf_text(&capture.err), "");
	assert_true(capture_succeeded(&capture));
	run_script("kill -9 $$", 5000);
	assert_true(WIFSIGNALED(capture.wait_status));
	assert_false(capture_succeeded(&capture));
}

static void
stdin_is_empty_and_the_group_its_own(void **state)
{
	(void)state;
	run_script("cat; "
	    "set -- $(cat /proc/$$/stat); [ \"$5\" = $$ ] && echo own", 5000);
	assert_string_equal(buf_text(&capture.out), "own\n");
}

static void
output_beyond_the_limit_is_dropped(void **state)
{
	(void)state;
	run_script("head -c 3000000 /dev/zero; exit 0", 10000);
	assert_true(capture.out.len >= CAPTURE_LIMIT);
	assert_true(capture.out.len < CAPTURE_LIMIT + 65536);
	assert_true(capture_succeeded(&capture));
}

static void
the_deadline_kills_the_whole_group(void **state)
{
	int64_t begun = clock_now();
	MEM_AUTO char *pid = NULL;

	(void)state;
	run_script("sleep 60 & echo $!; wait", 200);
	assert_true(capture.timed_out);
	assert_false(capture_succeeded(&capture));
	assert_true(clock_now() - begun >= 200);
	assert_true(clock_now() - begun < 30000);
	pid = mem_dup(buf_text(&capture.out));
	while (kill(atoi(pid), 0) == 0) {
		MEM_AUTO char *path = mem_printf("/proc/%d/stat", atoi(pid));
		BUF_AUTO struct buf b = { 0 };

		/* A zombie is waiting for init, wherever that is. */
		if (file_read(path, 4096, &b) == -1 ||
		    strstr(buf_text(&b), ") Z ") != NULL)
			break;
		assert_true(clock_now() - begun < 30000);
	}
}

/* A grandchild that keeps the output open does not keep us. */
static void
the_programs_end_is_the_end(void **state)
{
	int64_t begun = clock_now();
	int pid;

	(void)state;
	run_script("setsid sleep 60 & echo $!", 10000);
	assert_true(clock_now() - begun < 30000);
	pid = atoi(buf_text(&capture.out));
	assert_true(pid > 0);
	kill(pid, SIGKILL);
}

static bool
has_x(const char *out)
{
	return strchr(out, 'x') != NULL;
}

static void
enough_is_enough(void **state)
{
	char shell[] = "sh", option[] = "-c",
	    script[] = "echo a; echo x; sleep 60";
	char *const argv[] = { shell, option, script, NULL };
	int64_t begun = clock_now();
	struct error e = { 0 };
	bool done = false;

	(void)state;
	assert_int_equal(capture_start(&capture, &loop, argv, 60000, set_flag,
	    &done, &e), 0);
	capture_until(&capture, has_x);
	while (!done)
		assert_int_equal(loop_round(&loop, &e), 0);
	assert_true(clock_now() - begun < 30000);
	assert_string_equal(buf_text(&capture.out), "a\nx\n");
	assert_false(capture.timed_out);
}

static void
clearing_ends_what_runs(void **state)
{
	char sleep_word[] = "sleep", time_word[] = "60";
	char *const argv[] = { sleep_word, time_word, NULL };
	struct error e = { 0 };
	bool done = false;
	pid_t pid;

	(void)state;
	assert_int_equal(capture_start(&capture, &loop, argv, 60000, set_flag,
	    &done, &e), 0);
	pid = capture.child.pid;
	capture_clear(&capture);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_false(done);
}

static void
no_descriptor_is_left_open(void **state)
{
	int before = open("/dev/null", O_RDONLY), after;

	(void)state;
	close(before);
	for (int i = 0; i < 5; i++)
		run_script("echo x", 5000);
	after = open("/dev/null", O_RDONLY);
	close(after);
	assert_int_equal(after, before);
}

static void
a_missing_program_is_an_error_at_once(void **state)
{
	char word[] = "/no/such/program";
	char *const argv[] = { word, NULL };
	ERROR_AUTO struct error e = { 0 };
	bool done = false;

	(void)state;
	if (under_valgrind())
		return;
	assert_int_equal(capture_start(&capture, &loop, argv, 100, set_flag,
	    &done, &e), -1);
	assert_false(done);
	assert_string_equal(e.text,
	    "cannot run /no/such/program: No such file or directory");
}

/* --- spawn */

static pid_t
spawn_words(char *const *argv, struct error *e)
{
	struct spawn s = { .argv = argv,
	    .fd = { SPAWN_NULL, SPAWN_NULL, SPAWN_NULL } };

	return spawn_start(&s, e);
}

static void
what_cannot_be_run_has_its_status(void **state)
{
	char program[] = "true", none[] = "no-such-program-anywhere",
	    dir[] = "/etc";
	char *const missing[] = { none, NULL };
	char *const directory[] = { dir, NULL };
	MEM_AUTO char *word = mem_grow(NULL, MIB_WORD + 1, 1);
	char *const huge[] = { program, word, NULL };
	ERROR_AUTO struct error e = { 0 };

	(void)state;
	if (under_valgrind())
		return;
	assert_int_equal(spawn_words(missing, &e), -1);
	assert_int_equal(e.status, STATUS_FAILED);
	assert_int_equal(spawn_words(directory, &e), -1);
	assert_int_equal(e.status, STATUS_FAILED);
	assert_string_equal(e.text, "cannot run /etc: Permission denied");
	memset(word, 'x', MIB_WORD);
	word[MIB_WORD] = '\0';
	assert_int_equal(spawn_words(huge, &e), -1);
	assert_int_equal(e.status, STATUS_NOT_INVOKED);
	assert_string_equal(e.text, "cannot run true: Argument list too long");
}

/* What a shell says of itself, started by S. */
static char *
ask_shell(struct spawn *s, const char *script)
{
	STRV_AUTO struct strv argv = { 0 };
	struct buf b = { 0 };
	struct error e = { 0 };
	int ends[2], status;
	pid_t pid;
	ssize_t n;

	strv_push(&argv, "sh");
	strv_push(&argv, "-c");
	strv_push(&argv, script);
	assert_int_equal(file_pipe(ends, -1), 0);
	s->argv = strv_argv(&argv);
	s->fd[0] = s->fd[2] = SPAWN_NULL;
	s->fd[1] = ends[1];
	pid = spawn_start(s, &e);
	assert_true(pid > 0);
	close(ends[1]);
	while ((n = read(ends[0], buf_reserve(&b, 4096), 4096)) > 0)
		b.len += (size_t)n;
	buf_add(&b, "", 0);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return buf_steal(&b);
}

static void
nothing_of_ours_is_left_open_in_a_program(void **state)
{
	struct spawn s = { .own_group = false };
	MEM_AUTO char *files = NULL;
	int kept;

	(void)state;
	closefrom(3);	/* what whoever runs the tests has left open */
	kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	files = ask_shell(&s, "for n in 3 4 5 6 7 8 9 10 11 12; do "
	    "[ ! -e /proc/$$/fd/$n ] || echo $n; done");
	assert_string_equal(files, "");
	close(kept);
}

static void
a_program_does_not_inherit_our_signals(void **state)
{
	struct spawn s = { .own_group = false };
	MEM_AUTO char *said = NULL;
	unsigned long blocked, ignored;
	sigset_t block, old;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &old);
	said = ask_shell(&s, "sed -n 's/^Sig[BI][lg][kn]://p' "
	    "/proc/self/status");
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGTTIN, SIG_DFL);
	assert_int_equal(sscanf(said, "%lx %lx", &blocked, &ignored), 2);
	assert_int_equal(blocked, 0);
	assert_int_equal(ignored & 1UL << (SIGPIPE - 1), 0);
	assert_int_equal(ignored & 1UL << (SIGTTIN - 1), 0);
}

static void
the_environment_grows_by_what_is_given(void **state)
{
	static const char *const more[] = { "UNIT_B=two", "UNIT_C=", NULL };
	struct spawn s = { .env = more };
	MEM_AUTO char *said = NULL;

	(void)state;
	setenv("UNIT_A", "one", 1);
	said = ask_shell(&s, "echo \"$UNIT_A $UNIT_B ${UNIT_C-unset}\"");
	assert_string_equal(said, "one two \n");
	assert_null(getenv("UNIT_B"));
}

static void
a_group_of_its_own_is_led_by_the_program(void **state)
{
	static const char script[] = "set -- $(cat /proc/$$/stat); "
	    "[ \"$5\" = $$ ] && echo own || echo ours";
	struct spawn s = { .own_group = true };
	MEM_AUTO char *own = ask_shell(&s, script);
	MEM_AUTO char *ours = NULL;

	(void)state;
	s.own_group = false;
	ours = ask_shell(&s, script);
	assert_string_equal(own, "own\n");
	assert_string_equal(ours, "ours\n");
}

/* --- docker argv */

static void
the_engine_is_named_in_front_of_the_verb(void **state)
{
	static const struct {
		struct docker docker;
		const char *target, *argv;
	} cases[] = {
		{ { "docker", NULL, NULL }, "c", "docker exec c" },
		{ { "/opt/podman", "tcp://h", NULL }, "c",
		    "/opt/podman --host tcp://h exec c" },
		{ { "docker", NULL, "ctx" }, "-c",
		    "docker --context ctx exec -- -c" },
		{ { "docker", "", "" }, "",
		    "docker --host  --context  exec " },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		STRV_AUTO struct strv argv = { 0 };
		BUF_AUTO struct buf line = { 0 };

		docker_argv(&cases[i].docker, &argv, "exec");
		docker_argv_target(&argv, cases[i].target);
		for (size_t j = 0; j < argv.n; j++)
			buf_addf(&line, "%s%s", j > 0 ? " " : "", argv.v[j]);
		wrong += differs_text(cases[i].argv, buf_text(&line),
		    cases[i].argv);
	}
	assert_int_equal(wrong, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_outputs_and_the_status_are_kept),
		TEST(stdin_is_empty_and_the_group_its_own),
		TEST(output_beyond_the_limit_is_dropped),
		TEST(the_deadline_kills_the_whole_group),
		TEST(the_programs_end_is_the_end),
		TEST(enough_is_enough),
		TEST(clearing_ends_what_runs),
		TEST(no_descriptor_is_left_open),
		TEST(a_missing_program_is_an_error_at_once),
		cmocka_unit_test(what_cannot_be_run_has_its_status),
		cmocka_unit_test(nothing_of_ours_is_left_open_in_a_program),
		cmocka_unit_test(a_program_does_not_inherit_our_signals),
		cmocka_unit_test(the_environment_grows_by_what_is_given),
		cmocka_unit_test(a_group_of_its_own_is_led_by_the_program),
		cmocka_unit_test(the_engine_is_named_in_front_of_the_verb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
