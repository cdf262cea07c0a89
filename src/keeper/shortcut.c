/* SPDX-License-Identifier: ISC */
#include "keeper/shortcut.h"

#include <sys/stat.h>
#include <sys/statfs.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "keeper/exchange.h"
#include "wire/message.h"

#define PIPES		0x50495045	/* the file system of pipe(2)'s */
#define SHORT		64		/* bytes of a name below /proc */

/* Open NAME below /proc/PID. */
static int
open_of(const char *pid, const char *name, int flags)
{
	char path[2 * SHORT];

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	return open(path, flags | O_CLOEXEC);
}

static bool
was_started_as(const char *pid, const char *path)
{
	char words[PATH_MAX];
	FD_AUTO int fd = open_of(pid, "cmdline", O_RDONLY);
	ssize_t n = fd != -1 ? read(fd, words, sizeof(words)) : -1;
	size_t len = strlen(path) + 1;

	return n >= (ssize_t)len && memcmp(words, path, len) == 0;
}

/* Its number, as text in PID: as we see it, not as its container does. */
static int
find(const char *path, char pid[SHORT])
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	int rc = -1;

	if (dir == NULL)
		return -1;
	while (rc == -1 && (entry = readdir(dir)) != NULL) {
		if (strspn(entry->d_name, "0123456789") !=
		    strlen(entry->d_name) ||
		    !was_started_as(entry->d_name, path))
			continue;
		snprintf(pid, SHORT, "%.20s", entry->d_name);
		rc = 0;
	}
	closedir(dir);
	return rc;
}

/*
 * By a descriptor of ours that opens nothing, so that what is looked at is what
 * is opened; anew, so that the agent has no say in how it blocks.
 */
static int
open_pipe(const char *pid, uint32_t number, int mode)
{
	char name[SHORT];
	FD_AUTO int fd = -1;
	struct statfs system;
	struct stat st;

	snprintf(name, sizeof(name), "fd/%u", (unsigned int)number);
	fd = open_of(pid, name, O_PATH);
	if (fd == -1 || fstat(fd, &st) == -1 || fstatfs(fd, &system) == -1 ||
	    !S_ISFIFO(st.st_mode) || system.f_type != PIPES)
		return -1;
	snprintf(name, sizeof(name), "fd/%d", fd);
	return open_of("self", name, mode | O_NONBLOCK);
}

int
shortcut_open(struct shortcut *s, const char *path, const struct greeting *g)
{
	char pid[SHORT];

	s->from = s->to = -1;
	if (g->in == WIRE_NO_PIPE || g->out == WIRE_NO_PIPE ||
	    find(path, pid) == -1)
		return -1;
	s->to = open_pipe(pid, g->in, O_WRONLY);
	s->from = open_pipe(pid, g->out, O_RDONLY);
	if (s->to != -1 && s->from != -1)
		return 0;
	shortcut_close(s);
	return -1;
}

void
shortcut_close(struct shortcut *s)
{
	file_close(&s->from);
	file_close(&s->to);
}
