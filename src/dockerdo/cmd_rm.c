/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/engine.h"
#include "dockerdo/link.h"
#include "dockerdo/unmount.h"

static const struct option_row rows[] = {
	{ .letter = 'f', .name = "force", .kind = OPTION_BOOL,
	    .offset = CHOICE(force),
	    .help = "also a container that runs" },
	{ .name = "delete", .kind = OPTION_BOOL, .offset = CHOICE(delete),
	    .help = "its image and the session as well" },
	{ .name = NULL }
};

/* All that is ever in a session's directory. */
static const char *const files[] = { "activate", "command_history.jsonl",
    "env.list", "known_hosts", "modified_files", "session.yaml", "ssh-socket-container",
    "ssh-socket-remote", NULL };

static bool
is_known(const char *name)
{
	for (size_t i = 0; files[i] != NULL; i++)
		if (strcmp(files[i], name) == 0)
			return true;
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Somebody else's files are told on stdout, and nothing is done. */
static int
check_files(const struct session *s, struct error *e)
{
	DIR *dir = opendir(s->directory);
	const struct dirent *d;
	size_t strange = 0;

	if (dir == NULL)
		return error_system(e, "cannot look into %s", s->directory);
	while ((d = readdir(dir)) != NULL) {
		if (is_known(d->d_name))
			continue;
		printf("%s/%s\n", s->directory, d->d_name);
		strange++;
	}
	closedir(dir);
	return strange == 0 ? 0 : error_set(e, "%s has files that are not "
	    "the session's: nothing is removed", s->directory);
}

/*
 * Unmount POINT while its container lives, so that nothing of it is lost; where
 * it is in use the container's end will be that of the mount.
 */
static void
unmount_first(struct call *call, const char *point)
{
	ERROR_AUTO struct error e = { 0 };

	if (unmount(call, point, false, &e) == -1)
		say_warning(&call->say, "%s", e.text);
}

static int
remove_container(struct call *call, enum container_state state,
    struct error *e)
{
	MEM_AUTO char *point = session_mount_point(&call->session);
	STRV_AUTO struct strv words = { 0 };
	int status;

	if (state == CONTAINER_NOTHING)
		return unmount(call, point, true, e);
	if (call->choices.force || state == CONTAINER_STOPPED)
		unmount_first(call, point);
	strv_push(&words, "rm");
	if (call->choices.force)
		strv_push(&words, "-f");
	strv_push(&words, call->session.container_name);
	status = engine_run_silently(call, strv_argv(&words), e);
	if (status != 0)
		return status;
	if (call->session.transport == TRANSPORT_SSH)
		link_close(call);
	if (unmount(call, point, true, e) == -1)
		return -1;
	return call->choices.dry_run ? 0 :
	    session_set_state(&call->session, CONTAINER_NOTHING, e);
}

/* Where the remote host's build directory has been mounted. */
static int
unmount_remote(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	MEM_AUTO char *point = s->remote_host == NULL ? NULL :
	    mem_printf("%s/%s", s->local_work_dir, s->remote_host);

	return point != NULL ? unmount(call, point, false, e) : 0;
}

static int
remove_session(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	char *const words[] = { (char *)"rmi", s->image_tag, NULL };
	int status = 0;

	if (s->image_tag != NULL)
		status = engine_run_silently(call, words, e);
	if (status != 0 || call->choices.dry_run)
		return status;
	for (size_t i = 0; files[i] != NULL; i++) {
		MEM_AUTO char *path = session_file(s, files[i]);

		if (unlink(path) == -1 && errno != ENOENT)
			return error_system(e, "cannot remove %s", path);
	}
	if (rmdir(s->directory) == -1)
		return error_system(e, "cannot remove %s", s->directory);
	say_note(&call->say, "the session %s is removed: call "
	    "deactivate_dockerdo", s->name);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	enum container_state state;
	int status;

	if (call->choices.delete && check_files(&call->session, e) == -1)
		return -1;
	if (engine_verify(call, &state, e) == -1)
		return -1;
	status = remove_container(call, state, e);
	if (status == 0)
		status = unmount_remote(call, e);
	if (status == 0 && call->choices.delete)
		status = remove_session(call, e);
	return status;
}

const struct command command_rm = {
	.name = "rm",
	.synopsis = "",
	.summary = "remove the container, or all of the session",
	.help =
	    "Remove the session's container, which must be stopped, or any\n"
	    "with --force.  With --delete its image, where one was built for\n"
	    "the session, and the session's directory go too; when that has\n"
	    "other files, they are listed and nothing is removed.\n",
	.options = rows,
	.session = true,
	.run = run,
};
