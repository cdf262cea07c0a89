/* SPDX-License-Identifier: ISC */
#include "fanout/difference.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "fanout/gather.h"
#include "fanout/result.h"
#include "run/spawn.h"

/* diff(1): 0 alike, 1 different, more: trouble. */
#define DIFF_TROUBLE	2

/* ---- the directory -------------------------------------------------------- */

static int
make_directory(struct difference *d)
{
	char *path = mem_printf("%s/dexec.XXXXXXXXXX",
	    file_temporary_directory());

	if (mkdtemp(path) == NULL) {
		error_system(&d->error, "cannot make a directory %s", path);
		free(path);
		return -1;
	}
	d->directory = path;
	d->common = mem_printf("%s/common", path);
	d->other = mem_printf("%s/other", path);
	return 0;
}

static void
remove_directory(struct difference *d)
{
	if (d->directory != NULL) {
		unlink(d->common);
		unlink(d->other);
		rmdir(d->directory);
	}
	free(d->directory);
	free(d->common);
	free(d->other);
	d->directory = d->common = d->other = NULL;
}

static int
write_stream(int fd, const struct spool *s, int stream)
{
	SPOOL_CURSOR_AUTO struct spool_cursor c = { 0 };
	const char *bytes;
	ssize_t n;

	if (s == NULL)
		return 0;
	spool_read(&c, s, stream);
	while ((n = spool_next(&c, &bytes, &stream)) > 0)
		if (file_write(fd, bytes, (size_t)n) == -1)
			return -1;
	return (int)n;
}

/* The stream under way, of GROUP, as file PATH. */
static int
copy(struct difference *d, const struct gather_group *group, const char *path)
{
	FD_AUTO int fd = open(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd == -1 ||
	    write_stream(fd, group->members[0]->spool, d->stream) == -1)
		return error_system(&d->error, "cannot write %s", path);
	return 0;
}

/* ---- one diff ------------------------------------------------------------- */

static struct gather_group *
group_under_way(struct difference *d)
{
	return &d->gather->groups[d->at];
}

static void
push_label(struct strv *argv, const struct gather_group *g, int stream)
{
	strv_push(argv, "-L");
	strv_pushf(argv, "%s%s", g->title,
	    stream == RESULT_STDERR ? " (stderr)" : "");
}

/* -L is --label for every diff that has it. */
static void
diff_argv(struct difference *d, struct strv *argv)
{
	strv_push(argv, "diff");
	strv_push(argv, "-a");
	strv_push(argv, "-u");
	push_label(argv, &d->gather->groups[0], d->stream);
	push_label(argv, group_under_way(d), d->stream);
	strv_push(argv, d->common);
	strv_push(argv, d->other);
}

/* diff has ended and all of its output is here: on from the loop. */
static void
check_end(void *arg)
{
	struct difference *d = arg;

	if (!d->running && d->out.ended && d->err.ended && !d->next.active)
		loop_after(d->loop, &d->next, 0);
}

static void
broken(void *arg, const struct relay *r, int cause)
{
	struct difference *d = arg;

	(void)r;
	errno = cause;
	error_system(&d->error, "cannot keep what diff says");
}

static void
child_changed(void *arg, int wait_status)
{
	struct difference *d = arg;

	if (WIFSTOPPED(wait_status))
		return;
	d->running = false;
	d->wait_status = wait_status;
	relay_drain(&d->out);
	relay_drain(&d->err);
	check_end(d);
}

static void
carry(struct difference *d, int out, int err)
{
	struct relay_hooks hooks = { .broken = broken, .ended = check_end,
	    .arg = d };

	d->out = (struct relay){ .hooks = hooks, .stream = d->stream };
	d->err = (struct relay){ .hooks = hooks, .stream = RESULT_STDERR };
	d->running = true;
	loop_child(d->loop, &d->child);
	relay_start_spool(&d->out, d->loop, out,
	    &group_under_way(d)->difference);
	relay_start_spool(&d->err, d->loop, err, &d->complaints);
}

static int
spawn(struct difference *d, const int out[2], const int err[2])
{
	STRV_AUTO struct strv argv = { 0 };
	struct spawn s = { .own_group = true,
	    .fd = { SPAWN_NULL, out[1], err[1] } };

	diff_argv(d, &argv);
	s.argv = strv_argv(&argv);
	d->child = (struct loop_child){ .changed = child_changed, .arg = d };
	d->child.pid = spawn_start(&s, &d->error);
	return d->child.pid == -1 ? -1 : 0;
}

static int
run_diff(struct difference *d)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int rc;

	if (file_pipe(out, 0) == -1 || file_pipe(err, 0) == -1)
		rc = error_system(&d->error, "cannot make a pipe");
	else
		rc = spawn(d, out, err);
	file_close(&out[1]);
	file_close(&err[1]);
	if (rc == 0) {
		carry(d, out[0], err[0]);
		return 0;
	}
	file_close(&out[0]);
	file_close(&err[0]);
	return -1;
}

/* What diff complains of, in its own words, as far as one line goes. */
static int
fail_as_diff_says(struct difference *d)
{
	SPOOL_CURSOR_AUTO struct spool_cursor c = { 0 };
	BUF_AUTO struct buf b = { 0 };
	MEM_AUTO char *shown = NULL;
	const char *bytes;
	ssize_t n;
	int stream;

	spool_read(&c, &d->complaints, SPOOL_ALL);
	n = spool_next(&c, &bytes, &stream);
	if (n > 0)
		buf_add(&b, bytes, (size_t)n);
	if (b.len > 0)
		b.data[strcspn(b.data, "\n")] = '\0';
	else
		buf_add_text(&b, "diff failed and does not say why");
	shown = text_printable(buf_text(&b), 200);
	return error_set(&d->error, "%s", shown);
}

/* ---- one after the other --------------------------------------------------- */

/* No spool, or an error in keeping it: told whole. */
static void
finish(struct difference *d)
{
	struct gather *g = d->gather;

	remove_directory(d);
	spool_close(&d->complaints);
	for (size_t i = 1; d->error.text != NULL && i < g->n; i++)
		g->groups[i].differs = false;
	d->done(d->arg);
}

static void
clear_relays(struct difference *d)
{
	relay_clear(&d->out);
	relay_clear(&d->err);
}

/* All of one stream, then all of the other: the common copy serves them all. */
static bool
to_next_pair(struct difference *d)
{
	if (++d->at >= d->gather->n) {
		d->at = 1;
		d->stream++;
	}
	return d->at < d->gather->n && d->stream <= RESULT_STDERR;
}

static int
begin_pair(struct difference *d)
{
	if (d->copied != d->stream &&
	    copy(d, &d->gather->groups[0], d->common) == -1)
		return -1;
	d->copied = d->stream;
	if (copy(d, group_under_way(d), d->other) == -1)
		return -1;
	return run_diff(d);
}

static void
advance(struct difference *d)
{
	while (to_next_pair(d)) {
		int differ = gather_differ(&d->gather->groups[0],
		    group_under_way(d), d->stream);

		if (differ == -1)
			error_system(&d->error, "cannot read what was kept");
		if (differ == 0)
			continue;
		if (differ != -1 && begin_pair(d) == 0)
			return;
		break;
	}
	finish(d);
}

static void
pair_done(void *arg)
{
	struct difference *d = arg;

	clear_relays(d);
	if (d->error.text == NULL && (!WIFEXITED(d->wait_status) ||
	    WEXITSTATUS(d->wait_status) >= DIFF_TROUBLE))
		fail_as_diff_says(d);
	if (d->error.text != NULL)
		finish(d);
	else
		advance(d);
}

/* Whether the others ended well is news where the common ones did not. */
static void
prepare_group(struct gather_group *g, const struct gather_group *common)
{
	g->differs = true;
	if (g->reason == NULL && common->reason != NULL)
		g->reason = mem_dup("exited with status 0");
}

static int
open_spools(struct difference *d)
{
	if (spool_open(&d->complaints) == -1)
		return -1;
	for (size_t i = 1; i < d->gather->n; i++) {
		struct gather_group *g = &d->gather->groups[i];

		if (spool_open(&g->difference) == -1)
			return -1;
		prepare_group(g, &d->gather->groups[0]);
	}
	return 0;
}

static void
begin(void *arg)
{
	struct difference *d = arg;

	d->next.fire = pair_done;
	if (d->gather->n < 2) {
		finish(d);
		return;
	}
	if (open_spools(d) == -1)
		error_system(&d->error, "cannot keep what diff says");
	if (d->error.text != NULL || make_directory(d) == -1)
		finish(d);
	else
		advance(d);
}

void
difference_start(struct difference *d, struct loop *loop, struct gather *g,
    void (*done)(void *arg), void *arg)
{
	*d = (struct difference){ .loop = loop, .gather = g, .done = done,
	    .arg = arg, .stream = RESULT_STDOUT,
	    .next = { .fire = begin, .arg = d } };
	loop_after(loop, &d->next, 0);
}

void
difference_clear(struct difference *d)
{
	if (d->loop == NULL)
		return;
	loop_cancel(d->loop, &d->next);
	if (d->running) {
		kill(-d->child.pid, SIGKILL);
		loop_forget(d->loop, &d->child);
		while (waitpid(d->child.pid, NULL, 0) == -1 && errno == EINTR)
			continue;
	}
	clear_relays(d);
	remove_directory(d);
	spool_close(&d->complaints);
	error_clear(&d->error);
	memset(d, 0, sizeof(*d));
}
