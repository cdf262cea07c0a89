/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>

#include "dockerutils/aws.h"
#include "dockerutils/instance.h"
#include "dockerutils/record.h"
#include "dockerutils/step.h"

static void
tell(const struct call *call, const char *text)
{
	if (!call->choices.print)
		printf("%s\n", text);
}

static int
start(struct call *call, const struct record *r, struct error *e)
{
	INSTANCE_AUTO struct instance i = { 0 };
	struct strv first = { 0 }, then = { 0 };
	int rc;

	if (instance_find(&i, call, r, e) == -1)
		return -1;
	aws_argv(&first, "ec2", "start-instances", "--instance-ids", i.id,
	    "--output", "text", (char *)NULL);
	aws_argv(&then, "ec2", "wait", "system-status-ok", "--instance-ids",
	    i.id, "--output", "text", (char *)NULL);
	aws_add_account(&first, r);
	aws_add_account(&then, r);
	tell(call, "Starting instance...");
	rc = step_run_or_print(call, strv_argv(&first), e);
	if (rc == 0) {
		tell(call, "Waiting for instance to start...");
		rc = step_run_or_print(call, strv_argv(&then), e);
	}
	strv_clear(&first);
	strv_clear(&then);
	return rc;
}

const struct command command_start_dock = {
	.name = "start-dock",
	.synopsis = "[DOCK]",
	.summary = "start the EC2 instance that a dock is",
	.help =
	    "Start the EC2 instance that DOCK is (without DOCK, the one that\n"
	    "this shell is docked to), and wait until it is well.\n",
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.on_dock = start,
};
