/* SPDX-License-Identifier: ISC */
#include "dockerdo/mount_state.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/mounts.h"

#define LARGEST_ARGV	(4 * 1024 * 1024)

const char *const mount_state_words[] = { "not mounted", "mounted", "dead",
    NULL };

/* Calls EACH with the path of every process until it returns true. */
static bool
any_process(bool (*each)(const char *path, void *arg), void *arg)
{
	DIR *dir = opendir("/proc");
	const struct dirent *d;
	bool found = false;

	while (dir != NULL && !found && (d = readdir(dir)) != NULL) {
		MEM_AUTO char *path = mem_printf("/proc/%s", d->d_name);

		if (d->d_name[strspn(d->d_name, "0123456789")] == '\0')
			found = each(path, arg);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* It is an sshfs, and has POINT as one of its words. */
static bool
serves(const char *path, void *arg)
{
	MEM_AUTO char *file = mem_printf("%s/cmdline", path);
	BUF_AUTO struct buf words = { 0 };
	const char *at, *name;

	if (file_read(file, LARGEST_ARGV, &words) == -1 || words.len == 0)
		return false;
	name = strrchr(words.data, '/');
	if (strcmp(name != NULL ? name + 1 : words.data, "sshfs") != 0)
		return false;
	for (at = words.data; at < words.data + words.len;
	    at += strlen(at) + 1)
		if (strcmp(at, arg) == 0)
			return true;
	return false;
}

int
mount_look(const char *point, enum mount_state *state, struct error *e)
{
	MEM_AUTO char *copy = mem_dup(point);
	struct mounts mounts;
	struct stat st;

	*state = MOUNT_NONE;
	if (mounts_read(&mounts, e) == -1)
		return -1;
	if (mounts_at(&mounts, point) != NULL)
		*state = MOUNT_ALIVE;
	mounts_clear(&mounts);
	/*
	 * Where an sshfs serves it, it is not touched, for that could hang.
	 * With none this answers at once.
	 */
	if (*state == MOUNT_ALIVE && !any_process(serves, copy) &&
	    lstat(point, &st) == -1 && errno != EACCES)
		*state = MOUNT_DEAD;
	return 0;
}

struct search {
	const char *point;
	struct strv *users;
};

/* LINK leads below the mount; to read it does not ask the mount. */
static bool
leads_there(const char *link, const char *point)
{
	char target[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);

	if (n == -1)
		return false;
	target[n] = '\0';
	return mounts_below(target, point) != NULL;
}

static bool
has_open(const char *path, const char *point)
{
	MEM_AUTO char *fds = mem_printf("%s/fd", path);
	DIR *dir = opendir(fds);
	const struct dirent *d;
	bool found = false;

	while (dir != NULL && !found && (d = readdir(dir)) != NULL) {
		MEM_AUTO char *link = mem_printf("%s/%s", fds, d->d_name);

		found = leads_there(link, point);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static bool
add_user(const char *path, void *arg)
{
	const struct search *s = arg;
	MEM_AUTO char *cwd = mem_printf("%s/cwd", path);
	MEM_AUTO char *comm = mem_printf("%s/comm", path);
	BUF_AUTO struct buf name = { 0 };

	if ((leads_there(cwd, s->point) || has_open(path, s->point)) &&
	    file_read(comm, LARGEST_ARGV, &name) == 0)
		strv_pushf(s->users, "%.*s (%s)",
		    (int)strcspn(buf_text(&name), "\n"), buf_text(&name),
		    path + strlen("/proc/"));
	return false;
}

void
mount_users(const char *point, struct strv *users)
{
	struct search s = { point, users };

	any_process(add_user, &s);
}
