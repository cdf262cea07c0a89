/* SPDX-License-Identifier: ISC */
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/command.h"
#include "dockerutils/help.h"

#define STATUS_OURS	1	/* what we cannot do */
#define STATUS_USAGE	2	/* as Python's argparse has it */

/* One line, one write: lines of several processes do not mix. */
static void
print_line(void *arg, const char *text)
{
	const struct call *call = arg;
	MEM_AUTO char *line = mem_printf("%s: %s\n", call->name, text);

	fflush(stdout);
	file_write(STDERR_FILENO, line, strlen(line));
}

/* End as the program did that we have run. */
static void
die_by(int signo)
{
	struct rlimit no_core = { 0, 0 };
	sigset_t set;

	setrlimit(RLIMIT_CORE, &no_core);
	signal(signo, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), signo);
}

static int
close_stdout(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno == EPIPE)
		die_by(SIGPIPE);
	warn("cannot write standard output");
	return status != 0 ? status : STATUS_OURS;
}

static int
complain(struct call *call, struct error *e)
{
	int status = e->status == STATUS_FAILED ? STATUS_OURS : e->status;

	print_line(call, e->text);
	if (e->usage) {
		MEM_AUTO char *hint = mem_printf(
		    "Try '%s --help' for more information.\n", call->name);

		file_write(STDERR_FILENO, hint, strlen(hint));
		status = STATUS_USAGE;
	}
	error_clear(e);
	return close_stdout(status);
}

static int
print(struct buf *text)
{
	fwrite(text->data, 1, text->len, stdout);
	buf_clear(text);
	return close_stdout(0);
}

static int
check_words(const struct call *call, const struct command *c, struct error *e)
{
	size_t n = call->arguments.words.n;
	MEM_AUTO char *shown = NULL;

	if (n < c->least)
		return error_usage(e, "%s is missing: %s %s",
		    n == 0 ? "the argument" : "an argument", c->name,
		    c->synopsis);
	if (n <= c->most)
		return 0;
	shown = text_printable(call->words[c->most], 60);
	return error_usage(e, "unrecognized argument: %s", shown);
}

/* What the command's row asks for, then the command. */
static int
dispatch(struct call *call, const struct command *c, struct error *e)
{
	if (check_words(call, c, e) == -1)
		return -1;
	if (call->choices.directory != NULL &&
	    chdir(call->choices.directory) == -1) {
		MEM_AUTO char *shown =
		    text_printable(call->choices.directory, 0);

		return error_system(e, "cannot enter %s", shown);
	}
	if (c->project && project_enter(&call->project, &call->say, e) == -1)
		return -1;
	return c->run(call, e);
}

static int
run_command(struct call *call, const struct command *c, char *const *argv)
{
	struct option_set sets[] = { { general_rows, &call->choices, NULL },
	    { c->options, &call->choices, NULL }, { 0 } };
	struct error e = { 0 };
	struct buf text = { 0 };
	int status;

	call->choices.docker = "docker";
	call->name = c->name;
	if (options_environment(&sets[0], &e) == -1 || (c->options != NULL &&
	    options_environment(&sets[1], &e) == -1) ||
	    arguments_parse(&call->arguments, sets, argv, &e) == -1)
		return complain(call, &e);
	if (call->choices.help || call->choices.version) {
		call->choices.help ? help_command(&text, c) :
		    help_version(&text);
		return print(&text);
	}
	call->words = strv_argv(&call->arguments.words);
	call->docker.program = call->choices.docker;
	call->say.quiet = call->choices.quiet;
	status = dispatch(call, c, &e);
	if (status == -1)
		return complain(call, &e);
	status = close_stdout(status);
	if (call->signo != 0)
		die_by(call->signo);
	return status;
}

/* dockerutils COMMAND ..., dockerutils --help. */
static int
run_program(struct call *call, char *const *argv)
{
	const struct command *c;
	struct error e = { 0 };
	struct buf text = { 0 };
	bool help = argv[0] != NULL && (strcmp(argv[0], "help") == 0 ||
	    strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0);
	MEM_AUTO char *shown = NULL;

	if (help && argv[1] != NULL && command_named(argv[1]) != NULL) {
		help_command(&text, command_named(argv[1]));
		return print(&text);
	}
	if (help) {
		help_program(&text);
		return print(&text);
	}
	if (argv[0] != NULL && strcmp(argv[0], "--version") == 0) {
		help_version(&text);
		return print(&text);
	}
	c = argv[0] != NULL ? command_named(argv[0]) : NULL;
	if (c != NULL)
		return run_command(call, c, argv + 1);
	if (argv[0] == NULL) {
		error_usage(&e, "no command given");
	} else {
		shown = text_printable(argv[0], 60);
		error_usage(&e, "no such command: %s", shown);
	}
	return complain(call, &e);
}

int
main(int argc, char **argv)
{
	struct call call = { .name = "dockerutils",
	    .say = { .line = print_line, .arg = &call } };
	const struct command *c;
	const char *slash;
	int status;

	if (file_fill_standard() == -1 || argc == 0)
		return STATUS_OURS;
	setlocale(LC_CTYPE, "");
	slash = strrchr(argv[0], '/');
	c = command_named(slash != NULL ? slash + 1 : argv[0]);
	status = c != NULL ? run_command(&call, c, argv + 1) :
	    run_program(&call, argv + 1);
	strv_clear(&call.choices.env);
	strv_clear(&call.choices.tags);
	arguments_clear(&call.arguments);
	project_clear(&call.project);
	return status;
}
