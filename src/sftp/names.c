/* SPDX-License-Identifier: ISC */
#include "sftp/names.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sftp/links.h"
#include "sftp/status.h"

int
names_remove(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return unlink(q->name) == -1 ? errno : 0;
}

int
names_rename(struct session *s, const struct request *q, struct reply *r)
{
	struct stat st;

	(void)s, (void)r;
	if (renameat2(AT_FDCWD, q->name, AT_FDCWD, q->second,
	    RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	/* The file system, or the kernel, cannot do it in one step. */
	if (lstat(q->second, &st) == 0)
		return EEXIST;
	return rename(q->name, q->second) == -1 ? errno : 0;
}

int
names_replace(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return rename(q->name, q->second) == -1 ? errno : 0;
}

int
names_link(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return link(q->name, q->second) == -1 ? errno : 0;
}

int
names_symlink(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return symlink(q->name, q->second) == -1 ? errno : 0;
}

/* A NAME packet with one name and no attributes. */
static int
put_name(struct reply *r, uint32_t id, const char *name)
{
	size_t begun = reply_begin(r, PACKET_NAME);

	reply_put32(r, id);
	reply_put32(r, 1);
	reply_put_text(r, name);
	reply_put_text(r, name);
	attributes_put(r, &(struct attributes){ .flags = 0 });
	reply_end(r, begun);
	return ANSWER_MADE;
}

int
names_readlink(struct session *s, const struct request *q, struct reply *r)
{
	char target[PATH_MAX], path[PATH_MAX];
	ssize_t n = readlink(q->name, target, sizeof(target) - 1);
	int error;

	if (n == -1)
		return errno;
	target[n] = '\0';
	if (!s->contained)
		return put_name(r, q->id, target);
	error = links_contain(q->name, target, path);
	return error != 0 ? error : put_name(r, q->id, path);
}

/* The path of NAME in PATH, where only its directory is there. */
static int
resolve_new(const char *name, char path[PATH_MAX])
{
	const char *slash = strrchr(name, '/');
	const char *last = slash == NULL ? name : slash + 1;
	char directory[PATH_MAX];
	size_t used;

	if (*last == '\0')
		return ENOENT;
	if ((size_t)(last - name) + 2 > sizeof(directory))
		return ENAMETOOLONG;
	snprintf(directory, sizeof(directory), "%.*s.", (int)(last - name),
	    name);
	if (realpath(directory, path) == NULL)
		return errno;
	used = strlen(path);
	if (used == 1)
		used = 0;		/* the root itself ends with the slash */
	if (used + 1 + strlen(last) + 1 > PATH_MAX)
		return ENAMETOOLONG;
	path[used] = '/';
	memcpy(path + used + 1, last, strlen(last) + 1);
	return 0;
}

int
names_realpath(struct session *s, const struct request *q, struct reply *r)
{
	const char *name = *q->name == '\0' ? "." : q->name;
	char path[PATH_MAX];
	int error = 0;

	(void)s;
	if (realpath(name, path) == NULL)
		error = errno;
	if (error == ENOENT)
		error = resolve_new(name, path);
	return error != 0 ? error : put_name(r, q->id, path);
}
