/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>

#include "base/buf.h"
#include "dockerutils/aws.h"
#include "dockerutils/confirm.h"
#include "dockerutils/help.h"
#include "dockerutils/instance.h"
#include "dockerutils/record.h"
#include "dockerutils/step.h"

static const struct option_row rows[] = {
	{ .letter = 'y', .name = "yes", .kind = OPTION_BOOL,
	    .offset = CHOICE(yes),
	    .help = "do not ask" },
	{ .name = NULL }
};

static int
stop_instance(struct call *call, const struct record *r, const char *id,
    struct error *e)
{
	struct strv argv = { 0 };
	int rc;

	aws_argv(&argv, "ec2", "stop-instances", "--instance-ids", id,
	    "--output", "text", (char *)NULL);
	aws_add_account(&argv, r);
	rc = step_run_or_print(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

static int
stop(struct call *call, const struct record *r, struct error *e)
{
	INSTANCE_AUTO struct instance i = { 0 };
	struct buf help = { 0 };

	if (instance_find(&i, call, r, e) == -1)
		return -1;
	if (call->choices.yes || call->choices.print)
		return stop_instance(call, r, i.id, e);
	printf("Stop dock %s, instance %s (%s, %s)?\n", record_name(r), i.id,
	    i.name != NULL ? i.name : "without a name",
	    i.state != NULL ? i.state : "state unknown");
	switch (confirm("Type enter to Cancel, h for Help, y to Stop "
	    "Instance: ")) {
	case CONFIRM_YES:
		return stop_instance(call, r, i.id, e);
	case CONFIRM_HELP:
		help_command(&help, command_named("stop-dock"));
		printf("%s", buf_text(&help));
		buf_clear(&help);
		return 0;
	case CONFIRM_NO:
		printf("Canceled\n");
		return 0;
	case CONFIRM_END:
		break;
	}
	return 1;
}

const struct command command_stop_dock = {
	.name = "stop-dock",
	.synopsis = "[DOCK]",
	.summary = "stop the EC2 instance that a dock is",
	.help =
	    "Stop the EC2 instance that DOCK is (without DOCK, the one that\n"
	    "this shell is docked to).  It is shown which one that is, and\n"
	    "asked for.\n",
	.options = rows,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.on_dock = stop,
};
