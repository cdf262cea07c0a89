/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "dockerdo/history.h"

static int
run(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	BUF_AUTO struct buf text = { 0 };

	if (history_text(s, &text, e) == -1)
		return -1;
	if (s->env.n > 0)
		say_note(&call->say, "environment variables:");
	for (size_t i = 0; i < s->env.n; i++)
		printf("%s\n", s->env.v[i]);
	if (text.len > 0)
		say_note(&call->say, "commands:");
	fwrite(buf_text(&text), 1, text.len, stdout);
	return 0;
}

const struct command command_history = {
	.name = "history",
	.synopsis = "",
	.summary = "the session's variables, and what has been run in it",
	.help =
	    "Print the session's variables and the commands that have ended\n"
	    "with status 0, as a shell would run them: where the directory\n"
	    "is another than before, with a line \"cd DIRECTORY\" in front.\n"
	    "The headings between them go to standard error.\n",
	.session = true,
	.run = run,
};
