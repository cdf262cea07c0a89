/* SPDX-License-Identifier: ISC */
/*
 * Launch failures: what docker 20 and 28 say when a command could not be
 * started, and what only looks like it.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "container/launch.h"
#include "container/plan.h"

#define OCI "OCI runtime exec failed: exec failed: "
#define START OCI "unable to start container process: "
#define OLD_START OCI "container_linux.go:380: starting container process " \
	"caused: "
#define DAEMON "Error response from daemon: "
#define END ": unknown\r\n"

struct launch_case {
	const char *command, *user, *workdir, *text;
	enum launch expected;
};

static int
judge_all(const struct launch_case *cases, size_t n,
    enum launch (*classify)(const struct plan *, const char *))
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		MEM_AUTO char *word = mem_dup(cases[i].command);
		struct docker docker = { .program = "docker" };
		struct exec_options options = { .user = cases[i].user,
		    .workdir = cases[i].workdir };
		char *command[] = { word, NULL };
		struct plan plan = { .docker = &docker, .options = &options,
		    .target = "c", .command = command };

		wrong += differs(cases[i].text,
		    classify(&plan, cases[i].text), cases[i].expected);
	}
	return wrong;
}

static void
failures_of_every_engine_are_known(void **state)
{
	static const struct launch_case cases[] = {
		{ "sh", NULL, NULL, START "exec: \"sh\": executable file not "
		    "found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "sh", NULL, NULL, OLD_START "exec: \"sh\": executable file "
		    "not found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "/nope", NULL, NULL, START "exec: \"/nope\": stat /nope: no "
		    "such file or directory" END, LAUNCH_NOT_FOUND },
		{ "/etc/passwd", NULL, NULL, START "exec: \"/etc/passwd\": "
		    "permission denied" END, LAUNCH_NOT_INVOKED },
		{ "/etc", NULL, NULL, START "exec: \"/etc\": is a directory"
		    END, LAUNCH_NOT_INVOKED },
		{ "/bin/sh", NULL, NULL, START "exec /bin/sh: argument list "
		    "too long" END, LAUNCH_NOT_INVOKED },
		{ "pwd", NULL, "/nope", START "chdir to cwd (\"/nope\") set "
		    "in config.json failed: no such file or directory" END,
		    LAUNCH_NOT_INVOKED },
		{ "pwd", NULL, "nope", START "Cwd must be an absolute path"
		    END, LAUNCH_NOT_INVOKED },
		/* The image's own directory has gone. */
		{ "pwd", NULL, NULL, START "chdir to cwd (\"/app\") set in "
		    "config.json failed: no such file or directory" END,
		    LAUNCH_NOT_INVOKED },
		{ "id", "nobody", NULL, "unable to find user nobody: no "
		    "matching entries in passwd file\r\n",
		    LAUNCH_NOT_INVOKED },
		{ "id", "nobody:adm", NULL, "unable to find user nobody: no "
		    "matching entries in passwd file\r\n",
		    LAUNCH_NOT_INVOKED },
		{ "id", "root:nope", NULL, "unable to find group nope: no "
		    "matching entries in group file\r\n",
		    LAUNCH_NOT_INVOKED },
		/* As of 28.2 on stderr, by the daemon. */
		{ "id", "nobody", NULL, DAEMON "unable to find user nobody: "
		    "no matching entries in passwd file\n",
		    LAUNCH_NOT_INVOKED },
		{ "id", "root:nope", NULL, DAEMON "unable to find group nope: "
		    "no matching entries in group file\n",
		    LAUNCH_NOT_INVOKED },
		/* Detached, on stderr. */
		{ "nope", NULL, NULL, DAEMON START "exec: \"nope\": executable "
		    "file not found in $PATH: unknown\n", LAUNCH_NOT_FOUND },
		/* Nothing in it is ours, but nothing is another's. */
		{ "true", NULL, NULL, START "error adding pid 7 to cgroups: "
		    "no space left on device" END, LAUNCH_NOT_INVOKED },
		{ "true", NULL, NULL, OCI "unable to apply caps: operation "
		    "not permitted" END, LAUNCH_NOT_INVOKED },
	};

	(void)state;
	assert_int_equal(judge_all(cases, COUNT(cases),
	    launch_classify), 0);
}

static void
hostile_names_are_recognised(void **state)
{
	static const struct launch_case cases[] = {
		{ "a\"b", NULL, NULL, START "exec: \"a\\\"b\": executable "
		    "file not found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "a\nb", NULL, NULL, START "exec: \"a\\nb\": executable "
		    "file not found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "\033[31m", NULL, NULL, START "exec: \"\\x1b[31m\": "
		    "executable file not found in $PATH" END,
		    LAUNCH_NOT_FOUND },
		{ "a\\", NULL, NULL, START "exec: \"a\\\\\": executable file "
		    "not found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "\377", NULL, NULL, START "exec: \"\\xff\": executable "
		    "file not found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "\303\251", NULL, NULL, START "exec: \"\303\251\": "
		    "executable file not found in $PATH" END,
		    LAUNCH_NOT_FOUND },
		{ "", NULL, NULL, START "exec: \"\": executable file not "
		    "found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "--", NULL, NULL, START "exec: \"--\": executable file not "
		    "found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "cd /test", NULL, NULL, START "exec: \"cd /test\": stat cd "
		    "/test: no such file or directory" END,
		    LAUNCH_NOT_FOUND },
		{ "%s%n", NULL, NULL, START "exec: \"%s%n\": executable file "
		    "not found in $PATH" END, LAUNCH_NOT_FOUND },
		{ "pwd", NULL, "/a\"b", START "chdir to cwd (\"/a\\\"b\") set "
		    "in config.json failed: no such file or directory" END,
		    LAUNCH_NOT_INVOKED },
		{ "id", "a b", NULL, "unable to find user a b: no matching "
		    "entries in passwd file\r\n", LAUNCH_NOT_INVOKED },
		/* The name says what the message does not. */
		{ "/no such file or directory", NULL, NULL, START
		    "exec: \"/no such file or directory\": permission denied"
		    END, LAUNCH_NOT_INVOKED },
		{ "/executable file not found", NULL, NULL, START
		    "exec: \"/executable file not found\": is a directory"
		    END, LAUNCH_NOT_INVOKED },
		{ "exec: \"x\"", NULL, NULL, START "exec: \"exec: \\\"x\\\"\": "
		    "executable file not found in $PATH" END,
		    LAUNCH_NOT_FOUND },
	};

	(void)state;
	assert_int_equal(judge_all(cases, COUNT(cases),
	    launch_classify), 0);
}

static void
messages_of_others_are_not_ours(void **state)
{
	static const struct launch_case cases[] = {
		/* A docker that ran inside: it names its own command. */
		{ "docker", NULL, NULL, START "exec: \"sh\": executable file "
		    "not found in $PATH" END, LAUNCH_NONE },
		{ "sh", NULL, NULL, START "exec: \"shx\": executable file not "
		    "found in $PATH" END, LAUNCH_NONE },
		{ "shx", NULL, NULL, START "exec: \"sh\": executable file not "
		    "found in $PATH" END, LAUNCH_NONE },
		{ "a\nb", NULL, NULL, START "exec: \"ab\": executable file "
		    "not found in $PATH" END, LAUNCH_NONE },
		{ "pwd", NULL, "/here", START "chdir to cwd (\"/there\") set "
		    "in config.json failed: no such file or directory" END,
		    LAUNCH_NONE },
		{ "id", "alice", NULL, "unable to find user bob: no matching "
		    "entries in passwd file\r\n", LAUNCH_NONE },
		{ "id", "alice:", NULL, "unable to find user bob: no matching "
		    "entries in passwd file\r\n", LAUNCH_NONE },
		{ "id", "bo", NULL, "unable to find user bob: no matching "
		    "entries in passwd file\r\n", LAUNCH_NONE },
		{ "id", NULL, NULL, "unable to find user bob: no matching "
		    "entries in passwd file\r\n", LAUNCH_NONE },
		{ "id", "root:adm", NULL, "unable to find group nope: no "
		    "matching entries in group file\r\n", LAUNCH_NONE },
		{ "id", NULL, NULL, "unable to find group nope: no matching "
		    "entries in group file\r\n", LAUNCH_NONE },
		/* The command's own words. */
		{ "x", NULL, NULL, "", LAUNCH_NONE },
		{ "x", NULL, NULL, "x: not found\n", LAUNCH_NONE },
		{ "x", NULL, NULL, "sh: 1: x: not found\r\n", LAUNCH_NONE },
		{ "x", NULL, NULL, " OCI runtime exec failed: exec: \"x\": "
		    "executable file not found in $PATH" END, LAUNCH_NONE },
		{ "x", NULL, NULL, "oci runtime exec failed: exec: \"x\": "
		    "executable file not found in $PATH" END, LAUNCH_NONE },
		{ "x", NULL, NULL, DAEMON "No such container: x\n",
		    LAUNCH_NONE },
	};

	(void)state;
	assert_int_equal(judge_all(cases, COUNT(cases),
	    launch_classify), 0);
}

/* The kernel's word on a program that is there, on stderr. */
static void
what_the_kernel_refuses_is_known(void **state)
{
	static const struct launch_case cases[] = {
		{ "/script", NULL, NULL,
		    "exec /script: no such file or directory\n",
		    LAUNCH_NOT_FOUND },
		{ "script", NULL, NULL,
		    "exec /usr/bin/script: no such file or directory\n",
		    LAUNCH_NOT_FOUND },
		{ "/data", NULL, NULL, "exec /data: exec format error\n",
		    LAUNCH_NOT_INVOKED },
		{ "cript", NULL, NULL,
		    "exec /usr/bin/script: no such file or directory\n",
		    LAUNCH_NONE },
		{ "/script", NULL, NULL,
		    "exec /other: no such file or directory\n", LAUNCH_NONE },
		{ "/script", NULL, NULL, "exec /script: other error\n",
		    LAUNCH_NONE },
		{ "/script", NULL, NULL, "exec /script: no such file or "
		    "directory\nand more\n", LAUNCH_NONE },
		{ "/script", NULL, NULL,
		    "/script: no such file or directory\n", LAUNCH_NONE },
		{ "/script", NULL, NULL, "exec ", LAUNCH_NONE },
		{ "/script", NULL, NULL, "exec: ", LAUNCH_NONE },
		{ "/script", NULL, NULL, "e", LAUNCH_NONE },
		{ "/script", NULL, NULL, "", LAUNCH_NONE },
		{ "", NULL, NULL, "", LAUNCH_NONE },
	};

	(void)state;
	assert_int_equal(judge_all(cases, COUNT(cases), launch_classify_exec),
	    0);
}

static void
vague_messages_name_nothing(void **state)
{
	(void)state;
	assert_true(launch_is_vague(OCI "unable to apply caps: operation not "
	    "permitted" END));
	assert_true(launch_is_vague("cannot exec in a stopped state: "
	    "unknown\r\n"));
	assert_true(launch_is_vague("task 0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef not found: not found\r\n"));
	assert_false(launch_is_vague("task 0123 not found: not found\r\n"));
	assert_false(launch_is_vague(START "exec: \"x\": permission denied"
	    END));
	assert_false(launch_is_vague(START "chdir to cwd (\"/x\") set in "
	    "config.json failed: no such file or directory" END));
	assert_false(launch_is_vague("unable to find user x: no matching "
	    "entries in passwd file\r\n"));
	assert_false(launch_is_vague(""));
}

static void
stdout_is_held_back_only_while_it_may_be_a_message(void **state)
{
	static const struct {
		const char *bytes;
		bool expected;
	} cases[] = {
		{ "O", true }, { "OCI runtime exec failed", true },
		{ "OCI runtime exec failed: exec failed", true },
		{ START "exec: \"x\": executable file not found" END, true },
		{ "unable to find user x: no matching", true },
		{ "OCI runtime exec failed: x\r\nmore", false },
		{ "OCI runtime exec failed: x\n", false },
		{ "OCI runtime exec failed: x\r\n\r\n", false },
		{ "\n", false }, { "\r\n", false }, { "x", false },
		{ "OK\n", false }, { "Oh", false },
		{ "unable to find\n", false },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs(cases[i].bytes, launch_may_be_stdout(
		    cases[i].bytes, strlen(cases[i].bytes)),
		    cases[i].expected);
	assert_int_equal(wrong, 0);
	assert_false(launch_may_be_stdout("OCI runtime\0exec failed: ", 25));
}

static void
stderr_is_held_back_only_while_it_may_be_docker(void **state)
{
	static const struct {
		const char *bytes;
		bool expected;
	} cases[] = {
		{ "E", true }, { "Error", true },
		{ "Error response from daemon: No such container: x\n", true },
		{ "Error response from daemon: x\nmore\n", true },
		{ "Error: No such container: x\n", true },
		{ "Cannot connect to the Docker daemon at unix:///x. Is the "
		    "docker daemon running?\n", true },
		{ "error during connect: Get \"http://x\": EOF\n", true },
		{ "permission denied while trying to connect to the Docker "
		    "daemon socket at unix:///x\n", true },
		{ "the input device is not a TTY\n", true },
		{ "cannot attach stdin to a TTY-enabled container because "
		    "stdin is not a terminal\n", true },
		{ "invalid env file (x): no variable name on line '=a'\n",
		    true },
		{ "open x: no such file or directory\n", true },
		{ "open ", true }, { "opening\n", false },
		{ "open x\nopen y\n", false },
		{ "Error: something of the command\n", false },
		{ "error: x\n", false }, { "warning: x\n", false },
		{ "x", false }, { "\n", false },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		wrong += differs(cases[i].bytes, launch_may_be_stderr(
		    cases[i].bytes, strlen(cases[i].bytes)),
		    cases[i].expected);
	assert_int_equal(wrong, 0);
}

static void
too_much_is_never_a_message(void **state)
{
	char *bytes = mem_grow(NULL, LAUNCH_LIMIT + 1, 1);

	(void)state;
	memset(bytes, 'x', LAUNCH_LIMIT + 1);
	memcpy(bytes, "OCI runtime exec failed: ", 25);
	assert_true(launch_may_be_stdout(bytes, LAUNCH_LIMIT));
	assert_false(launch_may_be_stdout(bytes, LAUNCH_LIMIT + 1));
	memcpy(bytes, "Error response from daemon: ", 28);
	assert_true(launch_may_be_stderr(bytes, LAUNCH_LIMIT));
	assert_false(launch_may_be_stderr(bytes, LAUNCH_LIMIT + 1));
	free(bytes);
}

static void
layers_are_taken_off_the_message(void **state)
{
	static const struct {
		const char *text, *clean;
	} cases[] = {
		{ START "exec: \"sh\": executable file not found in $PATH" END,
		    "exec: \"sh\": executable file not found in $PATH" },
		{ DAEMON START "exec: \"x\": permission denied: unknown\n",
		    "exec: \"x\": permission denied" },
		{ "unable to find user x: no matching entries in passwd file"
		    "\r\n", "unable to find user x: no matching entries in "
		    "passwd file" },
		{ DAEMON "Container 0a is paused, unpause the container before "
		    "exec\n", "Container 0a is paused, unpause the container "
		    "before exec" },
		{ "Error: No such container: x\n", "No such container: x" },
		{ "one\ntwo\n", "one" }, { "", "" }, { "\r\n", "" },
		{ ": unknown", ": unknown" }, { "x: unknown", "x" },
		{ "100%s\n", "100%s" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		MEM_AUTO char *clean = launch_clean(cases[i].text);

		wrong += differs_text(cases[i].text, clean, cases[i].clean);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_of_every_engine_are_known),
		cmocka_unit_test(hostile_names_are_recognised),
		cmocka_unit_test(messages_of_others_are_not_ours),
		cmocka_unit_test(what_the_kernel_refuses_is_known),
		cmocka_unit_test(vague_messages_name_nothing),
		cmocka_unit_test(
		    stdout_is_held_back_only_while_it_may_be_a_message),
		cmocka_unit_test(
		    stderr_is_held_back_only_while_it_may_be_docker),
		cmocka_unit_test(too_much_is_never_a_message),
		cmocka_unit_test(layers_are_taken_off_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
