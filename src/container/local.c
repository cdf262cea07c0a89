/* SPDX-License-Identifier: ISC */
#include "container/local.h"

#include <sys/types.h>

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/plan.h"

#define ENVIRON_LIMIT	(4 * 1024 * 1024)
#define STAT_LIMIT	4096
#define MOST_ROUNDS	20
#define KERNEL_THREAD	0x00200000u	/* PF_KTHREAD among the flags */
#define MOMENT_NS	200000
#define MOMENTS		20

struct process {
	pid_t pid, parent, session;
	unsigned flags;
	bool ours, signalled;
};

struct table {
	struct process *rows;
	size_t n, room;
};

/*
 * proc(5): "pid (comm) state ppid pgrp session tty_nr tpgid flags ..."; comm
 * may hold anything.
 */
static bool
read_stat(pid_t pid, struct process *p)
{
	struct buf b = { 0 };
	char path[64], state;
	const char *rest;
	bool ok = false;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(path, STAT_LIMIT, &b) == 0 &&
	    (rest = strrchr(buf_text(&b), ')')) != NULL)
		ok = sscanf(rest + 1, " %c %d %*d %d %*d %*d %u", &state,
		    &p->parent, &p->session, &p->flags) == 4 && state != 'Z' && state != 'X';
	p->pid = pid;
	buf_clear(&b);
	return ok;
}

/* In an exec, and only just behind it, there is no environment to be read. */
static bool
bears(const struct process *p, const char *mark)
{
	const struct timespec moment = { .tv_nsec = MOMENT_NS };
	struct buf b = { 0 };
	char path[64];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)p->pid);
	for (int i = 0; i < MOMENTS && !(p->flags & KERNEL_THREAD); i++) {
		if (file_read(path, ENVIRON_LIMIT, &b) == -1 || b.len > 0)
			break;
		nanosleep(&moment, NULL);
	}
	if (b.len > 0)
		found = memmem(b.data, b.len, mark, strlen(mark)) != NULL;
	buf_clear(&b);
	return found;
}

static struct process *
find(struct table *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].pid == pid)
			return &t->rows[i];
	return NULL;
}

static void
note_process(struct table *t, pid_t pid, const char *mark)
{
	struct process p = { 0 }, *known = find(t, pid);

	if (pid <= 1 || pid == getpid() || !read_stat(pid, &p))
		return;
	if (known != NULL) {
		known->parent = p.parent;
		known->session = p.session;
		return;
	}
	p.ours = bears(&p, mark);
	if (t->n == t->room) {
		t->room = t->room > 0 ? t->room * 2 : 256;
		t->rows = mem_grow(t->rows, t->room, sizeof(*t->rows));
	}
	t->rows[t->n++] = p;
}

static void
scan(struct table *t, const char *mark)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (proc == NULL)
		return;
	while ((entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			note_process(t, (pid_t)atoi(entry->d_name), mark);
	closedir(proc);
}

static bool
is_kin(const struct table *t, const struct process *p)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!t->rows[i].ours)
			continue;
		if (p->parent == t->rows[i].pid ||
		    (p->session > 1 && p->session == t->rows[i].session))
			return true;
	}
	return false;
}

static void
close_over_kin(struct table *t)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < t->n; i++) {
			if (t->rows[i].ours || !is_kin(t, &t->rows[i]))
				continue;
			t->rows[i].ours = true;
			more = true;
		}
	}
}

static int
signal_new(struct table *t, int signo)
{
	int reached = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (!t->rows[i].ours || t->rows[i].signalled)
			continue;
		t->rows[i].signalled = true;
		if (kill(t->rows[i].pid, signo) == 0)
			reached++;
	}
	return reached;
}

int
local_sweep(const char *cookie, int signo)
{
	MEM_AUTO char *mark = mem_printf(COOKIE_NAME "=%s", cookie);
	struct table t = { 0 };
	int reached = 0, more, rounds = 0;

	do {
		scan(&t, mark);
		close_over_kin(&t);
		more = signal_new(&t, signo);
		reached += more;
	} while (more > 0 && ++rounds < MOST_ROUNDS);
	free(t.rows);
	return reached;
}
