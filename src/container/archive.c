/* SPDX-License-Identifier: ISC */
#include "container/archive.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"
#include "container/exec.h"
#include "container/launch.h"
#include "run/capture.h"
#include "run/loop.h"
#include "run/spawn.h"

#define WORKDIR_LIMIT_MS	5000
#define HELPER			"dexec-archive"
#define STATUS_NO_ARCHIVE	3	/* of the helper: nothing came */

/* Where our helper programs are; the variable is for a build tree. */
static char *
helper_path(void)
{
	const char *dir = getenv("DEXEC_LIBEXEC_DIR");

	return mem_printf("%s/" HELPER,
	    dir != NULL && *dir != '\0' ? dir : LIBEXEC_DIR);
}

/* docker cp on its way into the helper. */
struct transfer {
	struct loop loop;
	struct loop_child docker, helper;
	int docker_status, helper_status;
	int running;
	struct loop_watch complaints;
	struct buf said;
	int interrupted;
};

static void
docker_changed(void *arg, int wait_status)
{
	struct transfer *t = arg;

	if (WIFSTOPPED(wait_status))
		return;
	t->docker_status = wait_status;
	t->running--;
}

static void
helper_changed(void *arg, int wait_status)
{
	struct transfer *t = arg;

	if (WIFSTOPPED(wait_status))
		return;
	t->helper_status = wait_status;
	t->running--;
}

static void
hear_complaint(void *arg, short revents)
{
	struct transfer *t = arg;
	char chunk[1024];
	ssize_t n;

	(void)revents;
	n = read(t->complaints.fd, chunk, sizeof(chunk));
	if (n <= 0)
		loop_unwatch(&t->loop, &t->complaints);
	else if (t->said.len < CAPTURE_LIMIT)
		buf_add(&t->said, chunk, (size_t)n);
}

static void
interrupted(void *arg, int signo)
{
	struct transfer *t = arg;

	t->interrupted = signo;
	if (t->docker.active)
		kill(t->docker.pid, SIGKILL);
	if (t->helper.active)
		kill(t->helper.pid, SIGTERM);
}

static int
start_one(struct transfer *t, struct loop_child *child, char *const *argv,
    const int fd[3], struct error *e)
{
	struct spawn s = { .argv = argv };

	memcpy(s.fd, fd, sizeof(s.fd));
	child->pid = spawn_start(&s, e);
	if (child->pid == -1)
		return -1;
	child->arg = t;
	loop_child(&t->loop, child);
	t->running++;
	return 0;
}

static int
start_both(struct transfer *t, char *const *docker, char *const *helper,
    struct error *e)
{
	int archive[2] = { -1, -1 }, said[2] = { -1, -1 }, rc = -1;

	if (file_pipe(archive, -1) == -1 || file_pipe(said, 0) == -1)
		error_system(e, "cannot make a pipe");
	else
		rc = start_one(t, &t->docker, docker,
		    (int[]){ SPAWN_NULL, archive[1], said[1] }, e);
	if (rc == 0)
		rc = start_one(t, &t->helper, helper, (int[]){ archive[0],
		    STDOUT_FILENO, STDERR_FILENO }, e);
	file_close(&archive[0]);
	file_close(&archive[1]);
	file_close(&said[1]);
	t->complaints.fd = said[0];
	if (rc == -1)
		return -1;
	loop_watch(&t->loop, &t->complaints);
	return 0;
}

static int
transfer(struct transfer *t, char *const *docker, char *const *helper,
    struct error *e)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
	int rc;

	t->docker.changed = docker_changed;
	t->helper.changed = helper_changed;
	t->complaints = (struct loop_watch){ .fd = -1, .events = POLLIN,
	    .ready = hear_complaint, .arg = t };
	if (loop_init(&t->loop, e) == -1)
		return -1;
	t->loop.on_signal = interrupted;
	t->loop.signal_arg = t;
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		loop_catch(&t->loop, caught[i]);
	rc = start_both(t, docker, helper, e);
	if (rc == -1)
		interrupted(t, 0);
	while (t->running > 0 && loop_round(&t->loop, e) == 0)
		continue;
	if (t->complaints.active)
		hear_complaint(t, 0);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		signal(caught[i], SIG_DFL);
	file_close(&t->complaints.fd);
	loop_clear(&t->loop);
	return rc;
}

static bool
says_no_file(const char *text)
{
	return strcasestr(text, "no such file") != NULL ||
	    strcasestr(text, "no such container:path") != NULL ||
	    strcasestr(text, "could not find the file") != NULL;
}

/* The status of one path; what went wrong is told. */
static int
judge(const struct archive_request *r, const struct transfer *t,
    const char *name)
{
	MEM_AUTO char *target = text_printable(r->target, 200);
	MEM_AUTO char *path = text_printable(name, 1000);
	MEM_AUTO char *clean = launch_clean(buf_text(&t->said));
	MEM_AUTO char *said = text_printable(clean, 500);
	int status = WIFEXITED(t->helper_status) ?
	    WEXITSTATUS(t->helper_status) : STATUS_FAILED;

	if (status != STATUS_NO_ARCHIVE)
		return status;
	if (says_no_file(buf_text(&t->said))) {
		say_warning(r->say, "%s: cannot read '%s': No such file or "
		    "directory", target, path);
		return strcmp(r->mode, "ls") == 0 ? 2 : 1;
	}
	say_warning(r->say, "%s: cannot read '%s': %s", target, path,
	    *said != '\0' ? said : "docker gave nothing");
	return STATUS_FAILED;
}

static int
print_path(const struct archive_request *r, const char *path, bool header,
    struct outcome *o, struct error *e)
{
	STRV_AUTO struct strv docker = { 0 };
	STRV_AUTO struct strv helper = { 0 };
	struct transfer t = { 0 };
	int rc, status;

	docker_argv(r->docker, &docker, "cp");
	strv_push(&docker, "--follow-link");
	strv_push(&docker, "--");
	strv_pushf(&docker, "%s:%s%s%s", r->target,
	    path[0] == '/' ? "" : r->workdir, path[0] == '/' ? "" : "/", path);
	strv_push(&docker, "-");
	strv_take(&helper, helper_path());
	strv_push(&helper, r->mode);
	strv_push_option(&helper, "--name", path);
	if (header)
		strv_push(&helper, "--header");
	strv_pushv(&helper, r->options);
	say_command(r->say, strv_argv(&docker));
	rc = transfer(&t, strv_argv(&docker), strv_argv(&helper), e);
	if (rc == 0 && t.interrupted != 0) {
		o->kind = OUTCOME_SIGNAL;
		o->value = t.interrupted;
	} else if (rc == 0 && WIFSIGNALED(t.helper_status)) {
		o->kind = OUTCOME_SIGNAL;
		o->value = WTERMSIG(t.helper_status);
	} else if (rc == 0) {
		status = judge(r, &t, path);
		o->value = status > o->value ? status : o->value;
	}
	buf_clear(&t.said);
	return rc;
}

static void
set_flag(void *arg)
{
	*(bool *)arg = true;
}

/* Where a relative path begins in the container, without a last slash. */
static char *
find_workdir(const struct archive_request *r, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	struct capture c = { 0 };
	struct loop loop;
	char *dir = NULL;
	bool done = false;

	docker_argv(r->docker, &argv, "inspect");
	strv_push(&argv, "--type");
	strv_push(&argv, "container");
	strv_push(&argv, "--format");
	strv_push(&argv, "{{.Config.WorkingDir}}");
	docker_argv_target(&argv, r->target);
	if (loop_init(&loop, e) == -1)
		return NULL;
	if (capture_start(&c, &loop, strv_argv(&argv), WORKDIR_LIMIT_MS,
	    set_flag, &done, e) == 0) {
		while (!done && loop_round(&loop, e) == 0)
			continue;
		dir = mem_printf("%.*s", (int)strcspn(buf_text(&c.out),
		    "\r\n"), buf_text(&c.out));
	}
	capture_clear(&c);
	loop_clear(&loop);
	return dir;
}

static bool
any_relative(char *const *paths)
{
	for (; *paths != NULL; paths++)
		if ((*paths)[0] != '/')
			return true;
	return false;
}

int
archive_run(const struct archive_request *request, struct outcome *o,
    struct error *e)
{
	struct archive_request r = *request;
	MEM_AUTO char *workdir = NULL;
	bool header = strcmp(r.mode, "ls") == 0 && r.paths[0] != NULL &&
	    r.paths[1] != NULL;

	o->kind = OUTCOME_STATUS;
	o->value = 0;
	if (r.workdir == NULL && any_relative(r.paths)) {
		workdir = find_workdir(&r, e);
		if (workdir == NULL)
			return -1;
		r.workdir = strcmp(workdir, "/") == 0 ? "" : workdir;
	}
	for (size_t i = 0; r.paths[i] != NULL; i++) {
		if (print_path(&r, r.paths[i], header, o, e) == -1)
			return -1;
		if (o->kind == OUTCOME_SIGNAL)
			return 0;
	}
	return 0;
}
