/* SPDX-License-Identifier: ISC */
#include "dockerdo/recorder.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "dockerdo/changes.h"
#include "dockerdo/command.h"
#include "run/loop.h"
#include "run/signals.h"

#define EVENTS	(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | \
	IN_MOVED_TO | IN_ATTRIB)
#define MARGIN	2		/* seconds that clocks may differ */

struct recorder {
	struct call *call;
	const char *point;
	struct changes changes;
	char **directory;	/* by number of the watch, as the container
				   has it; "" is its root */
	size_t room;
	struct loop loop;
	struct loop_watch watch;
	struct signals signals;
	time_t begun;
	int root;		/* number of its root's watch */
	bool told, ended, failed;
	struct error *error;
};

static void
record(struct recorder *r, const char *path)
{
	int added = changes_add(&r->changes, path, r->error);
	MEM_AUTO char *shown = NULL;

	if (added == -1)
		r->failed = true;
	if (added == 1 && r->call->choices.verbose) {
		shown = text_printable(path, 0);
		say_note(&r->call->say, "changed: %s", shown);
	}
}

/* What the kernel makes up is no file of anybody's. */
static bool
is_left_out(const char *path)
{
	return strcmp(path, "/proc") == 0 || strcmp(path, "/dev") == 0 ||
	    strcmp(path, "/sys") == 0;
}

static void
keep_directory(struct recorder *r, int number, const char *path)
{
	size_t room = r->room;

	if ((size_t)number >= room) {
		r->room = ((size_t)number + 1) * 2;
		r->directory = mem_grow(r->directory, r->room,
		    sizeof(*r->directory));
		for (; room < r->room; room++)
			r->directory[room] = NULL;
	}
	free(r->directory[number]);
	r->directory[number] = mem_dup(path);
}

/* -1: it is not watched; one that has gone meanwhile is no trouble. */
static int
add_watch(struct recorder *r, const char *path)
{
	MEM_AUTO char *whole = mem_printf("%s%s", r->point, path);
	int number = inotify_add_watch(r->watch.fd, whole, EVENTS |
	    IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK);

	if (number != -1) {
		keep_directory(r, number, path);
		return number;
	}
	if (errno == ENOSPC && !r->told) {
		r->told = true;
		say_warning(&r->call->say, "not all directories can be "
		    "watched: the limit is fs.inotify.max_user_watches");
	}
	return -1;
}

/* What is to be done with the files that a walk comes by. */
enum walk { WALK_PAST, WALK_RECORD, WALK_RECORD_RECENT };

static void
walk_file(struct recorder *r, const char *path, const struct stat *st,
    enum walk walk)
{
	if (walk == WALK_RECORD || (walk == WALK_RECORD_RECENT &&
	    st->st_mtime >= r->begun - MARGIN))
		record(r, path);
}

/* Watch PATH and put its directories on the stack. */
static void
walk_directory(struct recorder *r, const char *path, enum walk walk,
    struct strv *stack)
{
	MEM_AUTO char *whole = mem_printf("%s%s/", r->point, path);
	DIR *dir;
	const struct dirent *d;
	struct stat st;

	/* First the watch: whatever comes afterwards is told. */
	add_watch(r, path);
	dir = opendir(whole);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		MEM_AUTO char *name = mem_printf("%s/%s", path, d->d_name);
		bool is_self = strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0;

		if (is_self || is_left_out(name) || fstatat(dirfd(dir),
		    d->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		if (S_ISDIR(st.st_mode))
			strv_push(stack, name);
		else
			walk_file(r, name, &st, walk);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
walk_tree(struct recorder *r, const char *path, enum walk walk)
{
	STRV_AUTO struct strv stack = { 0 };

	strv_push(&stack, path);
	while (stack.n > 0) {
		MEM_AUTO char *next = stack.v[--stack.n];

		stack.v[stack.n] = NULL;
		walk_directory(r, next, walk, &stack);
	}
}

static void
take_event(struct recorder *r, const struct inotify_event *event)
{
	const char *directory = event->wd >= 0 && (size_t)event->wd < r->room ?
	    r->directory[event->wd] : NULL;
	MEM_AUTO char *path = NULL;

	if (event->mask & IN_Q_OVERFLOW) {
		/* Some are lost: look for what is newer than we are. */
		walk_tree(r, "", WALK_RECORD_RECENT);
		return;
	}
	if (event->mask & IN_UNMOUNT && event->wd == r->root)
		r->ended = true;
	if (directory == NULL || event->len == 0)
		return;
	path = mem_printf("%s/%s", directory, event->name);
	if (is_left_out(path))
		return;
	if (!(event->mask & IN_ISDIR))
		record(r, path);
	else if (event->mask & (IN_CREATE | IN_MOVED_TO))
		walk_tree(r, path, WALK_RECORD);
}

static void
ready(void *arg, short revents)
{
	struct recorder *r = arg;
	_Alignas(struct inotify_event) char bytes[64 * 1024];
	const struct inotify_event *event;
	ssize_t n = read(r->watch.fd, bytes, sizeof(bytes));

	(void)revents;
	for (ssize_t at = 0; at < n; at += (ssize_t)sizeof(*event) +
	    event->len) {
		event = (const struct inotify_event *)(const void *)
		    (bytes + at);
		take_event(r, event);
	}
}

static void
interrupted(void *arg, int signo)
{
	struct recorder *r = arg;

	if (signo == SIGWINCH)
		return;
	r->call->signo = signo;
	r->ended = true;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static int
turn(struct recorder *r, struct error *e)
{
	int rc = 0;

	r->watch.events = POLLIN;
	r->watch.ready = ready;
	r->watch.arg = r;
	r->signals = (struct signals){ .taken = interrupted, .pause = nothing,
	    .resume = nothing, .arg = r };
	signals_take(&r->signals, &r->loop);
	loop_watch(&r->loop, &r->watch);
	r->root = add_watch(r, "");
	if (r->root == -1)
		rc = error_system(e, "cannot watch %s", r->point);
	else
		walk_tree(r, "", WALK_PAST);
	if (rc == 0)
		say_note(&r->call->say, "recording what is changed in %s, "
		    "until it is unmounted", r->point);
	while (rc == 0 && !r->ended && !r->failed)
		rc = loop_round(&r->loop, e);
	loop_unwatch(&r->loop, &r->watch);
	signals_give_back(&r->signals);
	return r->failed ? -1 : rc;
}

int
recorder_run(struct call *call, struct error *e)
{
	MEM_AUTO char *point = session_mount_point(&call->session);
	struct recorder r = { .call = call, .point = point, .error = e,
	    .begun = time(NULL) };
	int rc = changes_open(&r.changes, &call->session, e);

	r.watch.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (rc == 0 && r.watch.fd == -1)
		rc = error_system(e, "cannot use inotify");
	if (rc == 0 && loop_init(&r.loop, e) == 0) {
		rc = turn(&r, e);
		loop_clear(&r.loop);
	} else {
		rc = -1;
	}
	for (size_t i = 0; i < r.room; i++)
		free(r.directory[i]);
	free(r.directory);
	file_close(&r.watch.fd);
	changes_close(&r.changes);
	return rc == 0 && call->signo != 0 ? 128 + call->signo : rc;
}

int
recorder_run_if_wanted(struct call *call, struct error *e)
{
	if (call->choices.dry_run ||
	    (!call->choices.record && !call->session.record_inotify))
		return 0;
	if (session_set_record(&call->session, e) == -1)
		return -1;
	return recorder_run(call, e);
}
