/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/record.h"
#include "dockerutils/ssh.h"
#include "run/foreground.h"

static const struct option_row rows[] = {
	{ .letter = 's', .name = "ssh-options", .kind = OPTION_TEXT,
	    .offset = CHOICE(ssh_options), .value = "WORDS",
	    .help = "more words for ssh" },
	{ .name = NULL }
};

/* What ssh is to have run there: it takes a line for a shell, and no words. */
static char *
command_line(const struct call *call)
{
	if (call->words[0] == NULL || call->words[1] == NULL)
		return NULL;
	return text_quote_argv(call->words + 1);
}

static int
open_ssh(struct call *call, const struct record *r, struct error *e)
{
	SSH_AUTO struct ssh ssh = { 0 };
	struct strv argv = { 0 }, plain = { 0 };
	MEM_AUTO char *line = command_line(call), *quoted = NULL;
	int rc = 0;

	ssh_make_dock(&ssh, r);
	ssh_argv(&ssh, &plain, NULL, line);
	strv_push(&argv, plain.v[0]);
	if (call->choices.ssh_options != NULL)
		rc = words_split(&argv, call->choices.ssh_options, e);
	strv_pushv(&argv, plain.v + 1);
	if (rc == 0 && call->choices.print) {
		quoted = text_quote_argv(strv_argv(&argv));
		printf("%s\n", quoted);
	} else if (rc == 0) {
		/* What a command prints is for whoever reads that. */
		if (line == NULL)
			printf("Opening ssh connection to %s\n", r->host);
		fflush(stdout);
		rc = foreground_become(strv_argv(&argv), NULL, e);
	} else {
		error_context(e, "--ssh-options");
	}
	strv_clear(&argv);
	strv_clear(&plain);
	return rc;
}

const struct command command_ssh_dock = {
	.name = "ssh-dock",
	.synopsis = "[DOCK [COMMAND [ARG...]]]",
	.summary = "open a shell on a dock, or run a command there",
	.help =
	    "Open a shell on DOCK (without DOCK, the one that this shell is\n"
	    "docked to) by ssh, as the user that is recorded; or run COMMAND\n"
	    "there, whose words arrive as they are.\n",
	.options = rows,
	.most = SIZE_MAX,
	.argument = ARGUMENT_DOCK,
	.command = true,
	.on_dock = open_ssh,
};
