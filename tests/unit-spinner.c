/* SPDX-License-Identifier: ISC */
/*
 * The spinner, drawn on a pseudo-terminal by a child of which that is the
 * terminal: what it shows, when, and that it leaves nothing behind.
 */
#include "unit.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "run/loop.h"
#include "run/spinner.h"

static void
set_flag(void *arg)
{
	*(bool *)arg = true;
}

/* Run LOOP for MS. */
static void
run_for(struct loop *loop, int64_t ms)
{
	bool over = false;
	struct loop_timer t = { .fire = set_flag, .arg = &over };
	struct error e = { 0 };

	loop_after(loop, &t, ms);
	while (!over && loop_round(loop, &e) == 0)
		continue;
}

/* Run LOOP until S has drawn FRAMES frames. */
static void
run_until_drawn(struct loop *loop, const struct spinner *s,
    unsigned int frames)
{
	int64_t deadline = clock_now() + 10000;
	struct error e = { 0 };

	while (s->frame < frames && clock_now() < deadline)
		loop_round(loop, &e);
}

/* Run SCENE on a new terminal of COLUMNS; returns all that it showed. */
static char *
watch_scene(void (*scene)(struct loop *), unsigned short columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	struct buf shown = { 0 };
	struct error e = { 0 };
	struct loop loop;
	int master, status;
	ssize_t n;
	pid_t pid;

	pid = forkpty(&master, NULL, NULL, &size);
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (loop_init(&loop, &e) == -1)
			_exit(1);
		scene(&loop);
		_exit(0);
	}
	while ((n = read(master, buf_reserve(&shown, 4096), 4096)) > 0)
		shown.len += (size_t)n;
	buf_add(&shown, "", 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(master);
	return buf_steal(&shown);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static struct spinner spinner;

static void
clear_spinner(void *arg)
{
	(void)arg;
	spinner_clear(&spinner);
	spinner_clear(&spinner);
}

/* The end comes first, however late both are. */
static void
short_scene(struct loop *loop)
{
	struct loop_timer end = { .fire = clear_spinner };

	loop_after(loop, &end, 190);
	spinner_start(&spinner, loop, STDOUT_FILENO, "web: make", false);
	run_for(loop, 400);
}

static void
a_short_command_shows_nothing(void **state)
{
	MEM_AUTO char *shown = watch_scene(short_scene, 80);

	(void)state;
	assert_string_equal(shown, "");
}

static void
long_scene(struct loop *loop)
{
	struct spinner s;

	spinner_start(&s, loop, STDOUT_FILENO, "web: make", false);
	run_until_drawn(loop, &s, 2);
	spinner_clear(&s);
}

static void
silence_is_filled_and_the_line_erased(void **state)
{
	MEM_AUTO char *shown = watch_scene(long_scene, 80);

	(void)state;
	assert_ptr_equal(strstr(shown, "\r| web: make 0s\033[K"), shown);
	assert_non_null(strstr(shown, "\r/ web: make 0s\033[K"));
	assert_true(ends_with(shown, "\r\033[K"));
	assert_null(strchr(shown, '\n'));
}

static void
pause_scene(struct loop *loop)
{
	struct spinner s;

	spinner_start(&s, loop, STDOUT_FILENO, "x", false);
	run_until_drawn(loop, &s, 1);
	spinner_pause(&s);
	spinner_pause(&s);
	if (write(STDOUT_FILENO, "output", 6) != 6)
		_exit(1);
	run_for(loop, 400);
	if (write(STDOUT_FILENO, "!\n", 2) != 2)
		_exit(1);
	spinner_resume(&s);
	run_until_drawn(loop, &s, s.frame + 1);
	spinner_clear(&s);
}

static void
output_has_the_line_to_itself(void **state)
{
	MEM_AUTO char *shown = watch_scene(pause_scene, 80);
	char *output = strstr(shown, "\r\033[Koutput!\r\n");

	(void)state;
	assert_non_null(output);
	assert_non_null(strstr(output, "\r\n\r"));
	assert_true(ends_with(shown, "\r\033[K"));
}

static void
wide_scene(struct loop *loop)
{
	struct spinner s;

	spinner_start(&s, loop, STDOUT_FILENO,
	    "a label that is far too long for a small terminal", false);
	run_until_drawn(loop, &s, 1);
	spinner_clear(&s);
}

static void
the_line_is_never_wrapped(void **state)
{
	MEM_AUTO char *shown = watch_scene(wide_scene, 30);
	size_t width = strcspn(shown + 1, "\r\033");

	(void)state;
	assert_true(width > 10);
	assert_true(width < 30);
}

static void
hostile_scene(struct loop *loop)
{
	struct spinner s;

	spinner_start(&s, loop, STDOUT_FILENO, "c: \033[2J\n\a", true);
	run_until_drawn(loop, &s, 1);
	spinner_clear(&s);
}

static void
labels_are_made_printable(void **state)
{
	MEM_AUTO char *shown = watch_scene(hostile_scene, 80);

	(void)state;
	assert_null(strstr(shown, "\033[2J"));
	assert_null(strchr(shown, '\n'));
	assert_null(strchr(shown, '\a'));
	assert_non_null(strstr(shown, "c: \\033[2J\\n\\a"));
	/* Only the sign itself has a colour. */
	assert_ptr_equal(strstr(shown, "\r\033[36m|\033[m c"), shown);
}

static void
utf8_scene(struct loop *loop)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	hostile_scene(loop);
}

static void
dots_are_for_utf8_only(void **state)
{
	MEM_AUTO char *shown = watch_scene(utf8_scene, 80);

	(void)state;
	assert_non_null(strstr(shown, "\342\240\213"));
	assert_null(strstr(shown, "\033[2J"));
	assert_non_null(strstr(shown, "c: \\033[2J\\n\\a"));
}

static void
background_scene(struct loop *loop)
{
	struct spinner s;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		setpgid(0, 0);
		spinner_start(&s, loop, STDOUT_FILENO, "x", false);
		run_for(loop, 400);
		spinner_clear(&s);
		_exit(0);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || status != 0)
		_exit(1);
}

static void
the_background_is_silent_and_not_stopped(void **state)
{
	MEM_AUTO char *shown = watch_scene(background_scene, 80);

	(void)state;
	assert_string_equal(shown, "");
}

static void
only_a_willing_terminal_gets_one(void **state)
{
	int master, terminal, null = open("/dev/null", O_WRONLY);

	(void)state;
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	unsetenv("CI");
	setenv("TERM", "xterm", 1);
	assert_true(spinner_possible(terminal));
	assert_false(spinner_possible(null));
	assert_false(spinner_possible(-1));
	setenv("CI", "true", 1);
	assert_false(spinner_possible(terminal));
	setenv("CI", "", 1);
	assert_true(spinner_possible(terminal));
	setenv("TERM", "dumb", 1);
	assert_false(spinner_possible(terminal));
	setenv("TERM", "", 1);
	assert_false(spinner_possible(terminal));
	unsetenv("TERM");
	assert_false(spinner_possible(terminal));
	close(master);
	close(terminal);
	close(null);
}

static void
none_at_all_is_harmless(void **state)
{
	struct spinner s = { 0 };

	(void)state;
	spinner_pause(&s);
	spinner_resume(&s);
	spinner_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_command_shows_nothing),
		cmocka_unit_test(silence_is_filled_and_the_line_erased),
		cmocka_unit_test(output_has_the_line_to_itself),
		cmocka_unit_test(the_line_is_never_wrapped),
		cmocka_unit_test(labels_are_made_printable),
		cmocka_unit_test(dots_are_for_utf8_only),
		cmocka_unit_test(the_background_is_silent_and_not_stopped),
		cmocka_unit_test(only_a_willing_terminal_gets_one),
		cmocka_unit_test(none_at_all_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
