/* SPDX-License-Identifier: ISC */
#include "archive/fetch.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "run/capture.h"
#include "run/loop.h"
#include "run/spawn.h"

#define WORKDIR_LIMIT_MS	5000

static void
make_argv(const struct source *s, const char *path, struct strv *argv)
{
	bool absolute = path[0] == '/';

	docker_argv(&s->docker, argv, "cp");
	strv_push(argv, "--follow-link");
	strv_push(argv, "--");
	strv_pushf(argv, "%s:%s%s%s", s->target, absolute ? "" : s->workdir,
	    absolute ? "" : "/", path);
	strv_push(argv, "-");
}

int
fetch_start(struct fetch *f, const struct source *s, const char *path,
    struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	int ends[2];

	make_argv(s, path, &argv);
	say_command(&s->say, strv_argv(&argv));
	f->said = file_temporary();
	if (f->said == -1)
		return error_system(e, "cannot make a temporary file in %s",
		    file_temporary_directory());
	if (file_pipe(ends, -1) == -1) {
		file_close(&f->said);
		return error_system(e, "cannot make a pipe");
	}
	f->docker = spawn_start(&(struct spawn){ .argv = strv_argv(&argv),
	    .fd = { SPAWN_NULL, ends[1], f->said } }, e);
	file_close(&ends[1]);
	f->archive = ends[0];
	if (f->docker != -1)
		return 0;
	file_close(&f->archive);
	file_close(&f->said);
	return -1;
}

void
fetch_finish(struct fetch *f, struct buf *said)
{
	ssize_t n;

	file_close(&f->archive);
	while (waitpid(f->docker, NULL, 0) == -1 && errno == EINTR)
		continue;
	n = pread(f->said, buf_reserve(said, CAPTURE_LIMIT), CAPTURE_LIMIT, 0);
	if (n > 0)
		said->len += (size_t)n;
	said->data[said->len] = '\0';
	file_close(&f->said);
}

bool
fetch_says_no_file(const char *said)
{
	return strcasestr(said, "no such file") != NULL ||
	    strcasestr(said, "no such container:path") != NULL ||
	    strcasestr(said, "could not find the file") != NULL;
}

static void
set_flag(void *arg)
{
	*(bool *)arg = true;
}

/* The first line of what docker prints, or "". */
static char *
ask(char *const *argv, struct loop *loop, struct error *e)
{
	struct capture c = { 0 };
	bool done = false;
	char *line = NULL;

	if (capture_start(&c, loop, argv, WORKDIR_LIMIT_MS, set_flag, &done,
	    e) == 0) {
		while (!done && loop_round(loop, e) == 0)
			continue;
		line = mem_printf("%.*s", (int)strcspn(buf_text(&c.out),
		    "\r\n"), buf_text(&c.out));
	}
	capture_clear(&c);
	return line;
}

char *
fetch_workdir(const struct source *s, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	struct loop loop;
	char *dir;

	docker_argv(&s->docker, &argv, "inspect");
	strv_push(&argv, "--type");
	strv_push(&argv, "container");
	strv_push(&argv, "--format");
	strv_push(&argv, "{{.Config.WorkingDir}}");
	docker_argv_target(&argv, s->target);
	if (loop_init(&loop, e) == -1)
		return NULL;
	dir = ask(strv_argv(&argv), &loop, e);
	loop_clear(&loop);
	if (dir != NULL && strcmp(dir, "/") == 0)
		dir[0] = '\0';
	return dir;
}
