/* SPDX-License-Identifier: ISC */
#include "container/outside.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/plan.h"

#define CGROUP_LIMIT	65536

/* The file NAME of the cgroup GROUP has these WORDS. */
static bool
cgroup_says(const char *top, const char *group, const char *name,
    const char *words)
{
	MEM_AUTO char *path = mem_printf("/sys/fs/cgroup%s%s/%s", top, group,
	    name);
	struct buf b = { 0 };
	bool says;

	says = file_read(path, CGROUP_LIMIT, &b) == 0 &&
	    strstr(buf_text(&b), words) != NULL;
	buf_clear(&b);
	return says;
}

/*
 * It is paused: cgroups(7), "HIERARCHY:CONTROLLERS:GROUP" in each line; a
 * freezer of version 1, or what every group of version 2 has.
 */
static bool
is_frozen(pid_t pid)
{
	MEM_AUTO char *path = mem_printf("/proc/%d/cgroup", (int)pid);
	struct buf b = { 0 };
	char *lines, *line, *group;
	bool frozen = false;

	if (file_read(path, CGROUP_LIMIT, &b) == -1)
		buf_clear(&b);
	lines = buf_steal(&b);
	for (char *rest = lines; (line = strsep(&rest, "\n")) != NULL;) {
		group = strstr(line, ":freezer:");
		if (group != NULL)
			frozen |= cgroup_says("/freezer", group +
			    strlen(":freezer:"), "freezer.state", "FROZEN");
		else if (strncmp(line, "0::", 3) == 0)
			frozen |= cgroup_says("", line + 3, "cgroup.events",
			    "frozen 1");
	}
	free(lines);
	return frozen;
}

/* The engine started it: its parent is in no namespace of the container's. */
static bool
is_first(const struct proc *p)
{
	struct proc now;

	switch (proc_shares_namespace(p->pid, p->parent)) {
	case 0:
		return true;
	case 1:
		return false;
	default:
		/* What starts it for the engine does not stay. */
		return proc_read(&now, p->pid) && (now.parent == 0 ||
		    proc_shares_namespace(p->pid, now.parent) == 0);
	}
}

/*
 * Look for ours: false when there are none, or they are not ours to end: in a
 * container that shares our own processes we cannot tell the command from what
 * it started.  Nor can we follow one that is not there, or only about to be.
 * The command itself is the oldest, for it may make namespaces of its own.
 */
static bool
find(struct outside *o, struct tree *tree)
{
	struct procs *ps = o->procs;
	size_t found = 0, frozen = 0;
	int shares;

	procs_look(ps, o->begun);
	for (size_t i = 0; i < ps->n; i++) {
		const struct proc *p = &ps->v[i];

		if (p->birth < o->birth ||
		    strcmp(procs_mark(ps, i), o->cookie) != 0)
			continue;
		shares = proc_shares_namespace(p->pid, getpid());
		if (shares == 1 || (kill(p->pid, 0) == -1 && errno == EPERM))
			return false;
		if (shares == -1)
			continue;
		found++;
		frozen += is_frozen(p->pid);
		if ((tree->main == 0 || p->birth < o->main_birth) &&
		    is_first(p)) {
			tree->main = p->pid;
			o->main_birth = p->birth;
		}
	}
	o->frozen = found > 0 && frozen == found;
	return found > 0 && (tree->main != 0 || o->mode != SWEEP_FOLLOW);
}

static bool
main_lives(const struct outside *o)
{
	struct proc p;

	return o->sweep.tree.main != 0 && proc_read(&p, o->sweep.tree.main) &&
	    p.birth == o->main_birth;
}

static void
finish(struct outside *o)
{
	o->running = false;
	o->done(o->arg);
}

/*
 * Nobody there starts anything, nor ends before the container goes on: then
 * each gets what has been sent meanwhile.
 */
static void
sweep_frozen(struct outside *o, const struct surroundings *around)
{
	struct sweep *s = &o->sweep;

	tree_find_new(&s->tree, around, 0);
	s->hit = (uint32_t)tree_signal_new(&s->tree,
	    s->mode == SWEEP_FINISH ? SIGKILL : s->signo,
	    s->signo == SIGTERM || s->signo == SIGHUP ? SIGCONT : 0);
	s->left = s->hit;
	s->phase = SWEEP_OVER;
}

static void
step(void *arg)
{
	struct outside *o = arg;
	struct surroundings around = { .procs = o->procs, .agent = getpid(),
	    .apart = true };
	struct tree tree = { .cookie = o->cookie, .birth = o->birth };
	int64_t us;

	if (!o->found) {
		o->found = find(o, &tree);
		if (!o->found) {
			finish(o);
			return;
		}
		sweep_start(&o->sweep, &tree, o->signo, o->mode);
		if (o->frozen)
			sweep_frozen(o, &around);
	} else
		sweep_go_on(&o->sweep, &around, main_lives(o));
	if (o->sweep.phase == SWEEP_OVER) {
		finish(o);
		return;
	}
	us = o->sweep.wake - sweep_clock();
	loop_after(o->loop, &o->timer, us > 0 ? (us + 999) / 1000 : 0);
}

bool
outside_possible(void)
{
	return geteuid() == 0;
}

void
outside_start(struct outside *o, struct loop *loop, const struct plan *plan,
    int signo, enum sweep_mode mode, void (*done)(void *arg), void *arg)
{
	outside_clear(o);
	*o = (struct outside){ .running = true, .cookie = plan->cookie,
	    .birth = plan->birth, .signo = signo, .mode = mode, .loop = loop,
	    .done = done, .arg = arg, .begun = procs_clock() };
	o->procs = plan->procs != NULL ? plan->procs : &o->own;
	o->timer.fire = step;
	o->timer.arg = o;
	loop_after(loop, &o->timer, 0);
}

void
outside_clear(struct outside *o)
{
	if (o->loop != NULL)
		loop_cancel(o->loop, &o->timer);
	sweep_clear(&o->sweep);
	procs_clear(&o->own);
	memset(o, 0, sizeof(*o));
}
