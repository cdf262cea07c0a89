/* SPDX-License-Identifier: ISC */
#include "sftp/directories.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sftp/longname.h"
#include "sftp/status.h"

#define PIECE	8192		/* as the kernel has it; at most 5 times that */

int
directories_open(struct session *s, const struct request *q, struct reply *r)
{
	int fd = open(q->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct handle *h;

	if (fd == -1)
		return errno;
	h = handles_add(&s->handles, HANDLE_DIRECTORY, fd);
	if (h == NULL)
		return errno;
	handles_put(&s->handles, h, r, q->id);
	return ANSWER_MADE;
}

/* False where it has gone meanwhile. */
static bool
put_entry(struct reply *r, int fd, const struct dirent64 *e, time_t now)
{
	struct attributes a = { .flags = ATTRIBUTES_PERMISSIONS };
	char text[LONGNAME_MOST];
	struct stat st;

	if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		attributes_of(&a, &st);
	} else if (errno == ENOENT) {
		return false;
	} else {
		/* A directory that may be read but not searched. */
		memset(&st, 0, sizeof(st));
		st.st_mode = (mode_t)DTTOIF(e->d_type);
		a.permissions = st.st_mode;
	}
	longname(text, sizeof(text), e->d_name, &st, now);
	reply_put_text(r, e->d_name);
	reply_put_text(r, text);
	attributes_put(r, &a);
	return true;
}

/* The entries of the N bytes at PIECE: how many were put. */
static uint32_t
put_piece(struct reply *r, int fd, const char *piece, size_t n)
{
	const struct dirent64 *e;
	time_t now = time(NULL);
	uint32_t count = 0;

	for (size_t at = 0; at < n; at += e->d_reclen) {
		e = (const void *)(piece + at);
		count += put_entry(r, fd, e, now);
	}
	return count;
}

int
directories_read(struct session *s, const struct request *q, struct reply *r)
{
	_Alignas(struct dirent64) char piece[PIECE];
	size_t begun = reply_begin(r, PACKET_NAME), count_at;
	uint32_t count = 0;
	ssize_t n;

	(void)s;
	reply_put32(r, q->id);
	count_at = r->used;
	reply_put32(r, 0);
	while (count == 0) {
		n = getdents64(q->handle->fd, piece, sizeof(piece));
		if (n <= 0) {
			r->used = begun;
			/* It has been removed, so that nothing is in it. */
			return n == 0 || errno == ENOENT ? ANSWER_EOF : errno;
		}
		count = put_piece(r, q->handle->fd, piece, (size_t)n);
	}
	reply_set32(r, count_at, count);
	reply_end(r, begun);
	return ANSWER_MADE;
}

int
directories_make(struct session *s, const struct request *q, struct reply *r)
{
	(void)r;
	return mkdir(q->name, attributes_mode(&q->attributes,
	    0777 & ~s->mask)) == -1 ? errno : 0;
}

int
directories_remove(struct session *s, const struct request *q, struct reply *r)
{
	(void)s, (void)r;
	return rmdir(q->name) == -1 ? errno : 0;
}
