/* SPDX-License-Identifier: ISC */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/leave.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/text.h"
#include "dexec/command.h"
#include "dexec/help.h"
#include "dexec/settings.h"

static void
print_line(void *arg, const char *text)
{
	(void)arg;
	program_line("dexec", text);
}

static int
complain(struct error *e)
{
	int status = e->status;

	print_line(NULL, e->text);
	if (e->usage)
		program_hint("dexec");
	error_clear(e);
	return status;
}

static int
conclude(struct outcome *o)
{
	int status = o->value;

	if (o->message != NULL)
		print_line(NULL, o->message);
	if (o->kind == OUTCOME_SIGNAL) {
		leave_by(o->value);
		status = 128 + o->value;
	}
	outcome_clear(o);
	return leave_with(status, STATUS_FAILED);
}

static int
show_help(const char *topic)
{
	const struct command *c = topic != NULL ? command_named(topic) : NULL;
	MEM_AUTO char *shown = NULL;
	struct error e = { 0 };
	struct buf text = { 0 };

	if (topic != NULL && c == NULL) {
		shown = text_printable(topic, 60);
		error_usage(&e, "no such command: %s", shown);
		return complain(&e);
	}
	if (c != NULL)
		help_command(&text, c);
	else
		help_program(&text);
	return program_print(&text, STATUS_FAILED);
}

/* What the command's row asks for, then the command. */
static int
dispatch(struct call *call, const struct command *c, char *const *args,
    struct outcome *o, struct error *e)
{
	struct option_set sets[] = { { c->options, &call->options, NULL },
	    { 0 } };
	int used = 0;

	if (c->options != NULL)
		used = options_parse(sets, args, e);
	if (used == -1)
		return -1;
	call->args = args + used;
	/* Paths need no mark where no options can stand. */
	if (c->options == NULL && c->missing != NULL &&
	    call->args[0] != NULL && strcmp(call->args[0], "--") == 0)
		call->args++;
	if (c->missing != NULL && call->args[0] == NULL)
		return error_usage(e, "%s", c->missing);
	return call_run(call, c, o, e);
}

/* TARGET COMMAND [ARGS...] */
static int
run(struct call *call, char *const *args, struct outcome *o, struct error *e)
{
	const struct command *c = NULL;

	if (args[0] == NULL)
		return error_usage(e, "no container given");
	if (args[0][0] == '\0')
		return error_usage(e, "the container's name is empty");
	if (many_check(&call->settings.many, e) == -1)
		return -1;
	call->target = args[0];
	call->docker = (struct docker){ call->settings.docker,
	    call->settings.host, call->settings.context };
	call->say = (struct say){ .line = print_line,
	    .verbose = call->settings.verbose,
	    .quiet = call->settings.quiet };
	call->warm = (struct warm_setup){ .idle = call->settings.warm_idle,
	    .say = &call->say };
	if (args[1] == NULL)
		return call_many(call, NULL, NULL, o, e);
	c = command_named(args[1]);
	if (c != NULL)
		return dispatch(call, c, args + 2, o, e);
	return dispatch(call, &command_exec, args + 1, o, e);
}

/* The command line, behind the program's name. */
static int
execute(struct call *call, char *const *words)
{
	struct option_set sets[] = { { settings_rows, &call->settings, NULL },
	    { many_rows, &call->settings, NULL },
	    { exec_option_rows, &call->options, NULL }, { 0 } };
	struct outcome outcome = { 0 };
	struct error e = { 0 };
	struct buf text = { 0 };
	int used;

	if (settings_load(&call->settings, &e) == -1 ||
	    (used = options_parse(sets, words, &e)) == -1)
		return complain(&e);
	if (call->settings.help)
		return show_help(words[used]);
	if (call->settings.version) {
		program_version(&text, "dexec");
		return program_print(&text, STATUS_FAILED);
	}
	if (run(call, words + used, &outcome, &e) == -1)
		return complain(&e);
	return conclude(&outcome);
}

int
main(int argc, char **argv)
{
	struct call call = { 0 };
	int status;

	/* For the spinner, which is the only one to ask. */
	if (isatty(STDERR_FILENO))
		setlocale(LC_CTYPE, "");
	if (file_fill_standard() == -1 || argc == 0)
		return STATUS_FAILED;
	status = execute(&call, argv + 1);
	exec_options_clear(&call.options);
	settings_clear(&call.settings);
	return status;
}
