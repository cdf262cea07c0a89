/* SPDX-License-Identifier: ISC */
#include "dockerutils/pip_conf.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"

#define FILE_NAME	"pip.conf"
#define TEMPLATE	"pip.conf.template"
#define LARGEST_FILE	(1024 * 1024)

/* pip.conf is a copy of the template that somebody like us has made. */
static bool
is_copy(void)
{
	BUF_AUTO struct buf a = { 0 };
	BUF_AUTO struct buf b = { 0 };
	struct stat x, y;

	return lstat(FILE_NAME, &x) == 0 && stat(TEMPLATE, &y) == 0 &&
	    S_ISREG(x.st_mode) && x.st_mtim.tv_sec == y.st_mtim.tv_sec &&
	    x.st_mtim.tv_nsec == y.st_mtim.tv_nsec &&
	    file_read(FILE_NAME, LARGEST_FILE, &a) == 0 &&
	    file_read(TEMPLATE, LARGEST_FILE, &b) == 0 && a.len == b.len &&
	    memcmp(buf_text(&a), buf_text(&b), a.len) == 0;
}

/* With the template's mode and times, under its name only when it is whole. */
static int
copy(struct error *e)
{
	MEM_AUTO char *path = mem_printf(FILE_NAME ".%ld", (long)getpid());
	BUF_AUTO struct buf text = { 0 };
	FD_AUTO int fd = -1;
	struct timespec times[2];
	struct stat st;
	int rc = -1;

	if (stat(TEMPLATE, &st) == -1 ||
	    file_read(TEMPLATE, LARGEST_FILE, &text) == -1)
		return error_system(e, "cannot read " TEMPLATE);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1 && file_write(fd, buf_text(&text), text.len) == 0 &&
	    fchmod(fd, st.st_mode & 07777) == 0 && futimens(fd, times) == 0 &&
	    (link(path, FILE_NAME) == 0 || errno == EEXIST))
		rc = 0;
	if (rc == -1)
		error_system(e, "cannot make " FILE_NAME);
	if (fd != -1)
		unlink(path);
	return rc;
}

const char *
pip_conf_source(void)
{
	if (access(FILE_NAME, F_OK) == 0 && !is_copy())
		return FILE_NAME;
	return access(TEMPLATE, F_OK) == 0 ? TEMPLATE : NULL;
}

int
pip_conf_begin(struct pip_conf *p, struct error *e)
{
	bool there = access(FILE_NAME, F_OK) == 0;

	p->lock = -1;
	p->missing = false;
	if (there && !is_copy())
		return 0;
	p->lock = open(TEMPLATE, O_RDONLY | O_CLOEXEC);
	if (p->lock == -1 && errno == ENOENT) {
		p->missing = !there;
		return 0;
	}
	if (p->lock == -1 || flock(p->lock, LOCK_SH) == -1)
		return error_system(e, "cannot lock " TEMPLATE);
	/* Whoever had it may have removed it before we had the lock. */
	return access(FILE_NAME, F_OK) == 0 ? 0 : copy(e);
}

void
pip_conf_end(struct pip_conf *p)
{
	if (p->lock == -1)
		return;
	/* Only the last one gets it for itself. */
	if (flock(p->lock, LOCK_EX | LOCK_NB) == 0 && is_copy())
		unlink(FILE_NAME);
	file_close(&p->lock);
}
