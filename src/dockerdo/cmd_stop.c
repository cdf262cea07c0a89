/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/engine.h"
#include "dockerdo/link.h"
#include "dockerdo/unmount.h"

static const struct option_row rows[] = {
	{ .name = "lazy", .kind = OPTION_BOOL, .offset = CHOICE(lazy),
	    .help = "unmount the files although they are in use" },
	{ .name = NULL }
};

static int
run(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	MEM_AUTO char *point = session_mount_point(s);
	char *const words[] = { (char *)"stop", s->container_name, NULL };
	int status;

	if (unmount(call, point, call->choices.lazy, e) == -1)
		return -1;
	if (s->transport == TRANSPORT_SSH)
		link_close(call);
	status = engine_run_silently(call, words, e);
	if (status != 0 || call->choices.dry_run)
		return status;
	say_note(&call->say, "%s is stopped", s->container_name);
	return session_set_state(&call->session, CONTAINER_STOPPED, e);
}

const struct command command_stop = {
	.name = "stop",
	.synopsis = "",
	.summary = "unmount the files, and stop the container",
	.help =
	    "Unmount the container's files and stop it.  Where the files are\n"
	    "in use nothing is done, and it is said by whom.\n",
	.options = rows,
	.session = true,
	.run = run,
};
