/* SPDX-License-Identifier: ISC */
/* manual: the part of the manual page that the tables know, in mdoc(7). */
#include "dockerdo/command.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/mdoc.h"

static int
run(struct call *call, struct error *e)
{
	BUF_AUTO struct buf b = { 0 };

	(void)call;
	(void)e;
	buf_add_text(&b, ".Ss Options of every command\n");
	mdoc_options(&b, general_rows);
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];

		if (c->hidden)
			continue;
		mdoc_command(&b, c->name, c->synopsis);
		mdoc_paragraph(&b, c->help);
		if (c->options != NULL)
			mdoc_options(&b, c->options);
	}
	fwrite(buf_text(&b), 1, b.len, stdout);
	return 0;
}

const struct command command_manual = {
	.name = "manual",
	.synopsis = "",
	.summary = "the manual page's list of commands",
	.help = "Print what the manual page has from the tables.\n",
	.hidden = true,
	.run = run,
};
