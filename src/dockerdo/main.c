/* SPDX-License-Identifier: ISC */
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/leave.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/text.h"
#include "dockerdo/command.h"
#include "dockerdo/engine.h"
#include "dockerdo/help.h"
#include "dockerdo/passthrough.h"

#define STATUS_OURS	1	/* what we cannot do */
#define STATUS_USAGE	2	/* as ever with dockerdo */
#define DEFAULT_IDLE	(10 * 60 * 1000)	/* ms, as with dexec */

static void
print_line(void *arg, const char *text)
{
	(void)arg;
	program_line("dockerdo", text);
}

/* A failure stays what it was where its output is lost, too. */
static int
leave(int status)
{
	return leave_with(status, status != 0 ? status : STATUS_OURS);
}

/* C: the command that has failed, or NULL. */
static int
complain(const struct command *c, struct error *e)
{
	int status = e->status == STATUS_FAILED ? STATUS_OURS : e->status;

	print_line(NULL, e->text);
	if (e->usage) {
		program_hint("dockerdo");
		status = STATUS_USAGE;
	}
	if (c != NULL && c->relays_status)
		status = e->status;
	error_clear(e);
	return leave(status);
}

static int
check_words(const struct call *call, const struct command *c, struct error *e)
{
	size_t n = call->arguments.words.n;
	MEM_AUTO char *shown = NULL;

	if (n < c->least)
		return error_usage(e, "an argument is missing: %s %s",
		    c->name, c->synopsis);
	if (n <= c->most)
		return 0;
	shown = text_printable(call->arguments.words.v[c->most], 60);
	return error_usage(e, "unrecognized argument: %s", shown);
}

/* The words behind the command's name, as its row has them read. */
static int
parse(struct call *call, const struct command *c, char *const *argv,
    struct error *e)
{
	struct option_set sets[] = { { general_rows, &call->choices, NULL },
	    { c->options, &call->choices, NULL }, { 0 } };
	int used;

	if (options_environment(&sets[0], e) == -1 || (c->options != NULL &&
	    options_environment(&sets[1], e) == -1))
		return -1;
	if (c->reading == READ_DOCKER)
		return passthrough_parse(&call->arguments.words, sets, c->letters,
		    argv, e);
	if (c->reading == READ_ANY)
		return arguments_parse(&call->arguments, sets, argv, e);
	used = options_parse(sets, argv, e);
	if (used != -1)
		strv_pushv(&call->arguments.words, argv + used);
	return used;
}

/* What the command's row asks for, then the command. */
static int
dispatch(struct call *call, const struct command *c, struct error *e)
{
	const char *directory;
	MEM_AUTO char *host = NULL;

	if (check_words(call, c, e) == -1 ||
	    settings_load(&call->settings, e) == -1)
		return -1;
	if (c->session) {
		directory = session_current(e);
		if (directory == NULL ||
		    session_load(&call->session, directory, e) == -1)
			return -1;
		engine_choose(call, &host);
	}
	return c->run(call, e);
}

static int
run_command(struct call *call, const struct command *c, char *const *argv)
{
	struct error e = { 0 };
	struct buf text = { 0 };
	int status;

	call->choices.docker = "docker";
	call->choices.warm = true;
	call->choices.warm_idle = DEFAULT_IDLE;
	call->choices.transport = -1;
	if (parse(call, c, argv, &e) == -1)
		return complain(c, &e);
	if (call->choices.help || call->choices.version) {
		call->choices.help ? help_command(&text, c) :
		    program_version(&text, "dockerdo");
		return program_print(&text, STATUS_OURS);
	}
	call->docker.program = call->choices.docker;
	call->say.verbose = call->choices.verbose || call->choices.dry_run;
	status = dispatch(call, c, &e);
	status = status == -1 ? complain(c, &e) : leave(status);
	if (call->signo != 0)
		leave_by(call->signo);
	return status;
}

static bool
is_help(const char *word)
{
	return word != NULL && (strcmp(word, "help") == 0 ||
	    strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0);
}

/* dockerdo COMMAND ..., dockerdo --help. */
static int
run_program(struct call *call, char *const *argv)
{
	const struct command *c = argv[0] != NULL ? command_named(argv[0]) :
	    NULL;
	struct error e = { 0 };
	struct buf text = { 0 };
	MEM_AUTO char *shown = NULL;

	if (c != NULL)
		return run_command(call, c, argv + 1);
	if (is_help(argv[0])) {
		c = argv[1] != NULL ? command_named(argv[1]) : NULL;
		c != NULL ? help_command(&text, c) : help_program(&text);
		return program_print(&text, STATUS_OURS);
	}
	if (argv[0] != NULL && strcmp(argv[0], "--version") == 0) {
		program_version(&text, "dockerdo");
		return program_print(&text, STATUS_OURS);
	}
	if (argv[0] == NULL) {
		error_usage(&e, "no command given");
	} else {
		shown = text_printable(argv[0], 60);
		error_usage(&e, "no such command: %s", shown);
	}
	return complain(NULL, &e);
}

int
main(int argc, char **argv)
{
	struct call call = { .say = { .line = print_line } };
	const char *slash;
	int status;

	if (file_fill_standard() == -1 || argc == 0)
		return STATUS_OURS;
	setlocale(LC_CTYPE, "");
	slash = strrchr(argv[0], '/');
	if (strcmp(slash != NULL ? slash + 1 : argv[0], "dodo") == 0)
		status = run_command(&call, &command_exec, argv + 1);
	else
		status = run_program(&call, argv + 1);
	arguments_clear(&call.arguments);
	session_clear(&call.session);
	settings_clear(&call.settings);
	return status;
}
