/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/engine.h"
#include "dockerdo/link.h"
#include "dockerdo/mount.h"
#include "dockerdo/mount_state.h"
#include "dockerdo/recorder.h"
#include "dockerdo/unmount.h"

/* The container is stopped. */
static int
start(struct call *call, struct error *e)
{
	STRV_AUTO struct strv words = { 0 };
	int status;

	strv_push(&words, "start");
	strv_pushv(&words, strv_argv(&call->arguments.words));
	strv_push(&words, call->session.container_name);
	status = engine_run_silently(call, strv_argv(&words), e);
	if (status != 0 || call->choices.dry_run)
		return status;
	return session_set_state(&call->session, CONTAINER_RUNNING, e);
}

static int
remount(struct call *call, const char *point, struct error *e)
{
	if (unmount(call, point, false, e) == -1)
		return -1;
	if (call->session.transport == TRANSPORT_SSH &&
	    link_open(call, e) == -1)
		return -1;
	if (mount_container(call, e) == -1)
		return -1;
	if (!call->choices.dry_run)
		say_note(&call->say, "%s runs, with its files in %s",
		    call->session.container_name, point);
	return 0;
}

static const struct option_row rows[] = {
	{ .name = "record", .kind = OPTION_BOOL, .offset = CHOICE(record),
	    .help = "stay, and record what is changed in its files" },
	{ .name = "remote-delay", .kind = OPTION_TEXT,
	    .offset = CHOICE(remote_delay), .value = "SECONDS",
	    .help = "nothing: kept for scripts of earlier times" },
	{ .name = NULL }
};

static int
run(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	MEM_AUTO char *point = session_mount_point(s);
	enum container_state state;
	enum mount_state mounted;
	int status = 0;

	if (engine_verify(call, &state, e) == -1 ||
	    mount_look(point, &mounted, e) == -1)
		return -1;
	if (state == CONTAINER_NOTHING)
		return error_set(e, "there is no container: dockerdo run "
		    "makes one");
	if (state == CONTAINER_RUNNING && mounted == MOUNT_ALIVE &&
	    (s->transport != TRANSPORT_SSH || link_is_up(call)))
		return error_set(e, "the container is running already, and "
		    "its files are mounted");
	if (chdir(s->local_work_dir) == -1)
		return error_system(e, "cannot enter %s", s->local_work_dir);
	if (mount_bring_server(call, e) == -1)
		return -1;
	if (state == CONTAINER_STOPPED)
		status = start(call, e);
	if (status == 0)
		status = remount(call, point, e);
	return status != 0 ? status : recorder_run_if_wanted(call, e);
}

const struct command command_start = {
	.name = "start",
	.synopsis = "[DOCKER-START-OPTIONS...]",
	.summary = "start the container again, and mount its files",
	.help =
	    "Start the session's container after a stop, and mount its\n"
	    "files.  Where it runs and its files are not mounted, or nobody\n"
	    "serves them any more, they are mounted again.\n",
	.options = rows,
	.reading = READ_DOCKER,
	.letters = "nvh",
	.most = ANY_NUMBER,
	.session = true,
	.run = run,
};
