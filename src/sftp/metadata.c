/* SPDX-License-Identifier: ISC */
#include "sftp/metadata.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>

#include "sftp/status.h"

/* What a system call that gave RC has filled in. */
static int
put_stat(struct reply *r, uint32_t id, int rc, const struct stat *st)
{
	struct attributes a;
	size_t begun;

	if (rc == -1)
		return errno;
	begun = reply_begin(r, PACKET_ATTRS);
	reply_put32(r, id);
	attributes_of(&a, st);
	attributes_put(r, &a);
	reply_end(r, begun);
	return ANSWER_MADE;
}

int
metadata_stat(struct session *s, const struct request *q, struct reply *r)
{
	struct stat st;
	int rc = stat(q->name, &st);

	(void)s;
	return put_stat(r, q->id, rc, &st);
}

int
metadata_lstat(struct session *s, const struct request *q, struct reply *r)
{
	struct stat st;
	int rc = lstat(q->name, &st);

	(void)s;
	return put_stat(r, q->id, rc, &st);
}

int
metadata_fstat(struct session *s, const struct request *q, struct reply *r)
{
	struct stat st;
	int rc = fstat(q->handle->fd, &st);

	(void)s;
	return put_stat(r, q->id, rc, &st);
}

int
metadata_set(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return attributes_apply(&q->attributes,
	    &(struct attributes_place){ .fd = -1, .name = q->name });
}

int
metadata_lset(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return attributes_apply(&q->attributes,
	    &(struct attributes_place){ .fd = -1, .name = q->name,
	    .strict = true });
}

int
metadata_fset(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return attributes_apply(&q->attributes,
	    &(struct attributes_place){ .fd = q->handle->fd });
}

/* The two flags that the extension knows. */
static uint64_t
flags_of(const struct statvfs *v)
{
	return ((v->f_flag & ST_RDONLY) != 0 ? 1 : 0) |
	    ((v->f_flag & ST_NOSUID) != 0 ? 2 : 0);
}

static int
put_statvfs(struct reply *r, uint32_t id, int rc, const struct statvfs *v)
{
	const uint64_t numbers[] = { v->f_bsize, v->f_frsize, v->f_blocks,
	    v->f_bfree, v->f_bavail, v->f_files, v->f_ffree, v->f_favail,
	    v->f_fsid, flags_of(v), v->f_namemax };
	size_t begun;

	if (rc == -1)
		return errno;
	begun = reply_begin(r, PACKET_EXTENDED_REPLY);
	reply_put32(r, id);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		reply_put64(r, numbers[i]);
	reply_end(r, begun);
	return ANSWER_MADE;
}

int
metadata_statvfs(struct session *s, const struct request *q, struct reply *r)
{
	struct statvfs v = { 0 };
	int rc = statvfs(q->name, &v);

	(void)s;
	return put_statvfs(r, q->id, rc, &v);
}

int
metadata_fstatvfs(struct session *s, const struct request *q, struct reply *r)
{
	struct statvfs v = { 0 };
	int rc = fstatvfs(q->handle->fd, &v);

	(void)s;
	return put_statvfs(r, q->id, rc, &v);
}
