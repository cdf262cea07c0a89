/* SPDX-License-Identifier: ISC */
#include "sftp/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KNOWN	(ATTRIBUTES_SIZE | ATTRIBUTES_OWNER | ATTRIBUTES_PERMISSIONS | \
		    ATTRIBUTES_TIMES | ATTRIBUTES_EXTENDED)
#define ALL_MODES	07777

static void
skip_extended(struct packet *p)
{
	uint32_t pairs = packet_get32(p);
	size_t length;

	for (; pairs > 0 && !p->bad; pairs--) {
		packet_get_bytes(p, &length);
		packet_get_bytes(p, &length);
	}
}

void
attributes_get(struct packet *p, struct attributes *a)
{
	memset(a, 0, sizeof(*a));
	a->flags = packet_get32(p);
	/* How long they are is not known, so that nothing behind them is. */
	if ((a->flags & ~KNOWN) != 0)
		p->bad = true;
	if (a->flags & ATTRIBUTES_SIZE)
		a->size = packet_get64(p);
	if (a->flags & ATTRIBUTES_OWNER) {
		a->uid = packet_get32(p);
		a->gid = packet_get32(p);
	}
	if (a->flags & ATTRIBUTES_PERMISSIONS)
		a->permissions = packet_get32(p);
	if (a->flags & ATTRIBUTES_TIMES) {
		a->atime = packet_get32(p);
		a->mtime = packet_get32(p);
	}
	if (a->flags & ATTRIBUTES_EXTENDED)
		skip_extended(p);
}

void
attributes_put(struct reply *r, const struct attributes *a)
{
	reply_put32(r, a->flags & ~ATTRIBUTES_EXTENDED);
	if (a->flags & ATTRIBUTES_SIZE)
		reply_put64(r, a->size);
	if (a->flags & ATTRIBUTES_OWNER) {
		reply_put32(r, a->uid);
		reply_put32(r, a->gid);
	}
	if (a->flags & ATTRIBUTES_PERMISSIONS)
		reply_put32(r, a->permissions);
	if (a->flags & ATTRIBUTES_TIMES) {
		reply_put32(r, a->atime);
		reply_put32(r, a->mtime);
	}
}

static uint32_t
nearest_time(time_t t)
{
	if (t < 0)
		return 0;
	return (uint64_t)t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

void
attributes_of(struct attributes *a, const struct stat *st)
{
	a->flags = ATTRIBUTES_SIZE | ATTRIBUTES_OWNER | ATTRIBUTES_PERMISSIONS |
	    ATTRIBUTES_TIMES;
	a->size = (uint64_t)st->st_size;
	a->uid = st->st_uid;
	a->gid = st->st_gid;
	a->permissions = st->st_mode;
	a->atime = nearest_time(st->st_atime);
	a->mtime = nearest_time(st->st_mtime);
}

mode_t
attributes_mode(const struct attributes *a, mode_t unknown)
{
	if (a->flags & ATTRIBUTES_PERMISSIONS)
		return a->permissions & ALL_MODES;
	return unknown;
}

static int
set_size(const struct attributes *a, const struct attributes_place *at)
{
	if (at->fd != -1)
		return ftruncate(at->fd, (off_t)a->size);
	if (at->strict) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return truncate(at->name, (off_t)a->size);
}

static int
set_owner(const struct attributes *a, const struct attributes_place *at)
{
	if (at->fd != -1)
		return fchown(at->fd, a->uid, a->gid);
	return fchownat(AT_FDCWD, at->name, a->uid, a->gid,
	    AT_SYMLINK_NOFOLLOW);
}

static int
set_permissions(const struct attributes *a, const struct attributes_place *at)
{
	mode_t mode = attributes_mode(a, 0);

	if (at->fd != -1)
		return fchmod(at->fd, mode);
	return fchmodat(AT_FDCWD, at->name, mode,
	    at->strict ? AT_SYMLINK_NOFOLLOW : 0);
}

static int
set_times(const struct attributes *a, const struct attributes_place *at)
{
	const struct timespec times[2] = {
		{ .tv_sec = (time_t)a->atime },
		{ .tv_sec = (time_t)a->mtime },
	};

	if (at->fd != -1)
		return futimens(at->fd, times);
	return utimensat(AT_FDCWD, at->name, times, AT_SYMLINK_NOFOLLOW);
}

int
attributes_apply(const struct attributes *a, const struct attributes_place *at)
{
	static const struct {
		uint32_t flag;
		int (*set)(const struct attributes *,
		    const struct attributes_place *);
	} steps[] = {
		{ ATTRIBUTES_SIZE, set_size },
		{ ATTRIBUTES_OWNER, set_owner },
		{ ATTRIBUTES_PERMISSIONS, set_permissions },
		{ ATTRIBUTES_TIMES, set_times },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if ((a->flags & steps[i].flag) != 0 &&
		    steps[i].set(a, at) == -1)
			return errno;
	return 0;
}
