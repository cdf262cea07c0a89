/* SPDX-License-Identifier: ISC */
#include "dockerutils/container_name.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "dockerutils/reference.h"

char *
container_name(const char *user, const char *image, enum stamp form)
{
	MEM_AUTO char *who = reference_part(user);
	MEM_AUTO char *what = reference_part(image);
	time_t now = time(NULL);
	struct tm tm;
	MEM_AUTO char *stamp = NULL;

	localtime_r(&now, &tm);
	stamp = form == STAMP_NOTEBOOK ?
	    mem_printf("%d_%02d_%02d_", 1900 + tm.tm_year, 1 + tm.tm_mon,
	    tm.tm_mday) : mem_printf("%02d-%02d-%02d_", tm.tm_year % 100,
	    1 + tm.tm_mon, tm.tm_mday);
	return mem_printf("%s%s_%s_%s%02d.%02d.%02d",
	    isalnum((unsigned char)*who) ? "" : "x", who, what, stamp,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Make the directories that PATH, a file, is in. */
static void
make_directories(const char *path)
{
	MEM_AUTO char *dir = mem_dup(path);

	for (char *slash = strchr(dir + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(dir, 0700);
		*slash = '/';
	}
}

/* The file with the last name, locked; -1 where there can be none. */
static int
open_last(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	MEM_AUTO char *path = NULL;
	int fd;

	if (state != NULL && *state == '/')
		path = mem_printf("%s/dexec/last-container", state);
	else if (home != NULL && *home == '/')
		path = mem_printf("%s/.local/state/dexec/last-container",
		    home);
	else
		return -1;
	make_directories(path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd != -1 && flock(fd, LOCK_EX) == -1)
		file_close(&fd);
	return fd;
}

/* How often NAME was given before, by what the file says. */
static unsigned int
times_before(int fd, const char *name)
{
	char last[512];
	ssize_t n = pread(fd, last, sizeof(last) - 1, 0);
	unsigned long times;
	char *end;

	if (n <= 0)
		return 0;
	last[n] = '\0';
	times = strtoul(last, &end, 10);
	return *end == ' ' && strcmp(end + 1, name) == 0 && times < 100000 ?
	    (unsigned int)times : 0;
}

char *
container_name_new(const char *user, const char *image, enum stamp form)
{
	FD_AUTO int fd = open_last();
	MEM_AUTO char *name = container_name(user, image, form);
	MEM_AUTO char *line = NULL;
	unsigned int times;

	/* Without the file the process's number tells two apart. */
	if (fd == -1)
		return mem_printf("%s-%ld", name, (long)getpid());
	times = times_before(fd, name) + 1;
	line = mem_printf("%u %s", times, name);
	if (ftruncate(fd, 0) == -1 || pwrite(fd, line, strlen(line), 0) !=
	    (ssize_t)strlen(line))
		return mem_printf("%s-%ld", name, (long)getpid());
	return times == 1 ? mem_dup(name) : mem_printf("%s-%u", name, times);
}
