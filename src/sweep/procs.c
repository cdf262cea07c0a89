/* SPDX-License-Identifier: ISC */
#include "sweep/procs.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KERNEL_THREAD	0x00200000ul	/* PF_KTHREAD among the flags */
#define EXITING		0x00000004ul	/* PF_EXITING */
#define MOMENT_NS	200000
#define MOMENTS		100

static int
open_file(pid_t pid, const char *name)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * proc(5): "PID (NAME) STATE PARENT GROUP SESSION ...": the flags are the 9th,
 * BIRTH is the 22nd, where the environment starts and ends the 50th and 51st.
 * The name may hold anything, so the fields count from the last ")".
 */
static bool
parse_stat(struct proc *p, char *text)
{
	char *at = strrchr(text, ')');
	unsigned long flags = 0, start = 0, end = 0;
	char *word, *rest;

	if (at == NULL)
		return false;
	word = strtok_r(at + 1, " ", &rest);
	if (word == NULL || strchr("ZXx", *word) != NULL)
		return false;
	for (int i = 4; i <= 51; i++) {
		word = strtok_r(NULL, " ", &rest);
		if (word == NULL)
			return i > 22;
		if (i == 4)
			p->parent = atoi(word);
		else if (i == 6)
			p->session = atoi(word);
		else if (i == 9)
			flags = strtoul(word, NULL, 10);
		else if (i == 22)
			p->birth = strtoull(word, NULL, 10);
		else if (i == 50)
			start = strtoul(word, NULL, 10);
		else if (i == 51)
			end = strtoul(word, NULL, 10);
	}
	p->bare = (flags & (KERNEL_THREAD | EXITING)) || (end > 0 && end == start);
	return true;
}

bool
proc_read(struct proc *p, pid_t pid)
{
	char text[1024];
	ssize_t n;
	int fd = open_file(pid, "stat");

	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	*p = (struct proc){ .pid = pid };
	return parse_stat(p, text);
}

static bool
add(struct procs *ps, const struct proc *p)
{
	size_t room = ps->room > 0 ? ps->room * 2 : 32;
	struct proc *v = ps->v;

	if (ps->n == ps->room) {
		v = realloc(v, room * sizeof(*v));
		if (v == NULL)
			return false;
		ps->v = v;
		ps->room = room;
	}
	v[ps->n++] = *p;
	return true;
}

int64_t
procs_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void
procs_look(struct procs *ps, int64_t since)
{
	struct dirent *e;
	struct proc p;
	DIR *d;

	if (ps->taken >= since && ps->taken > 0)
		return;
	ps->taken = procs_clock();
	ps->n = 0;
	d = opendir("/proc");
	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL)
		if (*e->d_name >= '1' && *e->d_name <= '9' &&
		    proc_read(&p, atoi(e->d_name)) && !add(ps, &p))
			break;
	closedir(d);
}

const struct proc *
procs_find(const struct procs *ps, pid_t pid)
{
	for (size_t i = 0; i < ps->n; i++)
		if (ps->v[i].pid == pid)
			return &ps->v[i];
	return NULL;
}

/* A mark that is looked for among words that come in pieces. */
struct search {
	size_t at;			/* bytes of this word, if it fits */
	bool fits;
	char *mark;
};

/* True when BYTE is the last one of a mark. */
static bool
search_byte(struct search *s, char byte)
{
	const size_t len = sizeof(PROC_MARK) - 1;

	if (s->at < len && byte != PROC_MARK[s->at])
		s->fits = false;
	else if (s->fits && s->at >= len && s->at <= len + PROC_MARK_MOST)
		s->mark[s->at - len] = byte;
	if (byte != '\0') {
		s->at++;
		return false;
	}
	if (s->fits && s->at >= len && s->at <= len + PROC_MARK_MOST)
		return true;
	s->at = 0;
	s->fits = true;
	return false;
}

/* Search what there is; false if we may read it and there is nothing. */
static bool
search_environment(pid_t pid, char mark[PROC_MARK_MOST + 1])
{
	struct search s = { .fits = true, .mark = mark };
	char bytes[4096];
	bool any = false, found = false;
	ssize_t n;
	int fd = open_file(pid, "environ");

	if (fd == -1)
		return true;
	while (!found && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < n && !found; i++)
			found = search_byte(&s, bytes[i]);
		any = true;
	}
	close(fd);
	if (!found)
		*mark = '\0';
	return any;
}

/*
 * In the middle of an exec there is nothing to read, and just behind it
 * nothing by a file that was opened before: then we look again.
 */
const char *
procs_mark(struct procs *ps, size_t index)
{
	const struct timespec moment = { .tv_nsec = MOMENT_NS };
	struct proc *p = &ps->v[index], now = *p;

	for (int i = 0; i < MOMENTS && !p->asked && !now.bare; i++) {
		if (search_environment(p->pid, p->mark) ||
		    !proc_read(&now, p->pid))
			break;
		nanosleep(&moment, NULL);
	}
	p->asked = true;
	return p->mark;
}

int
proc_shares_namespace(pid_t one, pid_t other)
{
	struct stat st[2];
	char path[2][40];

	snprintf(path[0], sizeof(path[0]), "/proc/%d/ns/pid", (int)one);
	snprintf(path[1], sizeof(path[1]), "/proc/%d/ns/pid", (int)other);
	if (stat(path[0], &st[0]) == -1 || stat(path[1], &st[1]) == -1)
		return -1;
	return st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino;
}

unsigned long long
procs_now(void)
{
	unsigned long long hz = (unsigned long long)sysconf(_SC_CLK_TCK);
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (unsigned long long)now.tv_sec * hz +
	    (unsigned long long)now.tv_nsec * hz / 1000000000;
}

void
procs_clear(struct procs *ps)
{
	free(ps->v);
	memset(ps, 0, sizeof(*ps));
}
