/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strv.h"
#include "dockerdo/changes.h"
#include "dockerdo/dockerfile.h"
#include "dockerdo/engine.h"
#include "dockerdo/history.h"
#include "dockerdo/mount.h"
#include "dockerdo/mounts.h"

static const struct option_row rows[] = {
	{ .name = "dockerfile", .kind = OPTION_BOOL,
	    .offset = CHOICE(dockerfile),
	    .help = "as a Dockerfile that does it again" },
	{ .name = NULL }
};

/* The next path is below it: that says more. */
static bool
is_only_above(const struct strv *paths, size_t i)
{
	return i + 1 < paths->n &&
	    mounts_below(paths->v[i + 1], paths->v[i]) != NULL;
}

/* What dockerdo itself has brought into the container. */
static bool
is_ours(const char *path)
{
	return strcmp(path, SFTP_SERVER) == 0 ||
	    strcmp(path, "/run/dockerdo_env") == 0 ||
	    strncmp(path, "/.dexec-", strlen("/.dexec-")) == 0 ||
	    strncmp(path, "/etc/ssh/ssh_host_", 18) == 0;
}

/* "A /path", "C /path", "D /path". */
static void
add_lines(struct strv *paths, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL)
		if (strlen(line) > 2 && line[1] == ' ' && line[2] == '/')
			strv_push(paths, line + 2);
}

/* What docker knows to be other than in the image: changed by whomever. */
static void
add_difference(struct call *call, struct strv *paths)
{
	ERROR_AUTO struct error e = { 0 };
	BUF_AUTO struct buf out = { 0 };
	char *const words[] = { (char *)"diff",
	    call->session.container_name, NULL };

	if (call->session.container_state == CONTAINER_NOTHING)
		return;
	if (engine_ask(call, words, &out, &e) == -1)
		say_warning(&call->say, "without what has been changed in "
		    "the container: %s", e.text);
	else
		add_lines(paths, out.data);
}

static int
print_changes(struct call *call, struct error *e)
{
	STRV_AUTO struct strv paths = { 0 };

	if (!call->session.record_inotify) {
		say_note(&call->say, "changes of files are not recorded");
		return 0;
	}
	if (changes_list(&call->session, &paths, e) == -1)
		return -1;
	add_difference(call, &paths);
	changes_sort(&paths);
	say_note(&call->say, "changed files:");
	for (size_t i = 0; i < paths.n; i++)
		if (!is_ours(paths.v[i]) && !is_only_above(&paths, i))
			printf("%s\n", paths.v[i]);
	return 0;
}

static int
print_all(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	BUF_AUTO struct buf text = { 0 };

	if (s->env.n > 0)
		say_note(&call->say, "environment variables:");
	for (size_t i = 0; i < s->env.n; i++)
		printf("%s\n", s->env.v[i]);
	if (print_changes(call, e) == -1 || history_text(s, &text, e) == -1)
		return -1;
	if (text.len > 0)
		say_note(&call->say, "commands:");
	fwrite(buf_text(&text), 1, text.len, stdout);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };

	if (!call->choices.dockerfile)
		return print_all(call, e);
	if (dockerfile_text(&call->session, &text, e) == -1)
		return -1;
	fwrite(buf_text(&text), 1, text.len, stdout);
	return 0;
}

const struct command command_history = {
	.name = "history",
	.synopsis = "",
	.summary = "its variables, changed files and commands",
	.help =
	    "Print the session's variables, the files that have been changed\n"
	    "where that is recorded, and the commands that have ended with\n"
	    "status 0, as a shell would run them: where the directory is\n"
	    "another than before, with a line \"cd DIRECTORY\" in front.\n"
	    "Changed are those that dockerdo run --record has seen, and those\n"
	    "that docker diff tells of.  The headings between them go to\n"
	    "standard error.\n"
	    "\n"
	    "With --dockerfile it is a Dockerfile, to be built in the\n"
	    "session's directory: it copies the files that were changed\n"
	    "through the mount, and then runs the commands.  The values of\n"
	    "all variables stand in it.\n",
	.options = rows,
	.session = true,
	.run = run,
};
