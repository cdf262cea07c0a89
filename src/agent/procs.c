/* SPDX-License-Identifier: ISC */
#include "agent/procs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MARK	"DEXEC_ID="
#define KERNEL_THREAD	0x00200000ul	/* PF_KTHREAD among the flags */
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
	p->bare = (flags & KERNEL_THREAD) || (end > 0 && end == start);
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

void
procs_read(struct procs *ps)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	struct proc p;

	ps->n = 0;
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

/* A word to be found among words that come in pieces. */
struct search {
	const char *mark, *cookie;
	size_t at;			/* bytes of this word that fit */
	bool fits;
};

static int
expected(const struct search *s)
{
	size_t len = strlen(s->mark);

	return s->at < len ? s->mark[s->at] : s->cookie[s->at - len];
}

static bool
search_in(struct search *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s->fits && bytes[i] != expected(s))
			s->fits = false;
		else if (s->fits && bytes[i] == '\0')
			return true;
		s->at++;
		if (bytes[i] == '\0') {
			s->at = 0;
			s->fits = true;
		}
	}
	return false;
}

/* Search what there is; false if we may read it and there is nothing. */
static bool
search_environment(pid_t pid, const char *cookie, bool *found)
{
	struct search s = { .mark = MARK, .cookie = cookie, .fits = true };
	char bytes[4096];
	bool any = false;
	ssize_t n;
	int fd = open_file(pid, "environ");

	if (fd == -1)
		return true;
	while (!*found && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		*found = search_in(&s, bytes, (size_t)n);
		any = true;
	}
	close(fd);
	return any;
}

/*
 * In the middle of an exec there is nothing to read, and just behind it
 * nothing by a file that was opened before: then we look again.
 */
bool
proc_is_marked(pid_t pid, const char *cookie)
{
	const struct timespec moment = { .tv_nsec = MOMENT_NS };
	struct proc p;
	bool found = false;

	for (int i = 0; i < MOMENTS; i++) {
		if (search_environment(pid, cookie, &found) ||
		    !proc_read(&p, pid) || p.bare)
			break;
		nanosleep(&moment, NULL);
	}
	return found;
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
