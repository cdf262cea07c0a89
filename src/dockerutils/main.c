/* SPDX-License-Identifier: ISC */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/leave.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/text.h"
#include "dockerutils/command.h"
#include "dockerutils/docks.h"
#include "dockerutils/help.h"
#include "run/child.h"

#define STATUS_OURS	1	/* what we cannot do */
#define STATUS_USAGE	2	/* as Python's argparse has it */

static void
print_line(void *arg, const char *text)
{
	const struct call *call = arg;

	program_line(call->name, text);
}

/* A failure stays what it was where its output is lost, too. */
static int
leave(int status)
{
	return leave_with(status, status != 0 ? status : STATUS_OURS);
}

static int
complain(struct call *call, struct error *e)
{
	int status = e->status == STATUS_FAILED ? STATUS_OURS : e->status;

	print_line(call, e->text);
	if (e->usage) {
		program_hint(call->name);
		status = STATUS_USAGE;
	}
	error_clear(e);
	return leave(status);
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

static int
run_on_dock(struct call *call, const struct command *c, struct error *e)
{
	struct docks docks = { 0 };
	const struct dock *dock = NULL;
	int rc = docks_read(&docks, &call->say, e);

	if (rc == 0)
		dock = docks_find(&docks, call->words[0], e);
	rc = dock != NULL ? c->on_dock(call, &dock->record, e) : -1;
	docks_clear(&docks);
	return rc;
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
	return c->run != NULL ? c->run(call, e) : run_on_dock(call, c, e);
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
	call->arguments.until = c->command ? 2 : 0;
	if (options_environment(&sets[0], &e) == -1 || (c->options != NULL &&
	    options_environment(&sets[1], &e) == -1) ||
	    arguments_parse(&call->arguments, sets, argv, &e) == -1)
		return complain(call, &e);
	if (call->choices.help || call->choices.version) {
		call->choices.help ? help_command(&text, c) :
		    program_version(&text, "dockerutils");
		return program_print(&text, STATUS_OURS);
	}
	call->words = strv_argv(&call->arguments.words);
	call->docker.program = call->choices.docker;
	call->say.quiet = call->choices.quiet;
	status = dispatch(call, c, &e);
	if (status == -1)
		return complain(call, &e);
	status = leave(status);
	if (call->signo != 0)
		leave_by(call->signo);
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
		return program_print(&text, STATUS_OURS);
	}
	if (help) {
		help_program(&text);
		return program_print(&text, STATUS_OURS);
	}
	if (argv[0] != NULL && strcmp(argv[0], "--version") == 0) {
		program_version(&text, "dockerutils");
		return program_print(&text, STATUS_OURS);
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
	struct error e = { 0 };
	const char *slash;
	int status;

	if (file_fill_standard() == -1 || argc == 0)
		return STATUS_OURS;
	if (argc > 1 && strcmp(argv[1], CHILD_OPTION) == 0) {
		child_become(argv + 2, &e);
		return complain(&call, &e);
	}
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
