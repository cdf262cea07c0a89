/* SPDX-License-Identifier: ISC */
#include "sweep/tree.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static bool
knows(const struct tree *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].pid == pid)
			return true;
	return false;
}

static bool
is_other(const struct surroundings *s, pid_t pid)
{
	if (pid <= 1 || pid == s->agent)
		return true;
	for (size_t i = 0; i < s->n_others; i++)
		if (s->others[i] == pid)
			return true;
	return false;
}

/*
 * The main's session is its own; its number is nobody else's while there are
 * members, and it has passed to another when a process bears it again.
 */
static bool
is_main_session(const struct tree *t, const struct surroundings *s,
    pid_t session)
{
	return t->main > 0 && session == t->main &&
	    (t->main_lives || procs_find(s->procs, session) == NULL);
}

static bool
shares_session(const struct tree *t, const struct surroundings *s,
    pid_t session)
{
	if (is_main_session(t, s, session))
		return true;
	if (is_other(s, session))
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].session == session)
			return true;
	return false;
}

static bool
is_kin(const struct tree *t, const struct surroundings *s,
    const struct proc *p)
{
	return (t->main_lives && p->pid == t->main) ||
	    shares_session(t, s, p->session) ||
	    (!is_other(s, p->parent) && knows(t, p->parent));
}

static bool
add(struct tree *t, const struct proc *p)
{
	size_t room = t->room > 0 ? t->room * 2 : 16;
	struct member *v = t->v;

	if (t->n == t->room) {
		v = realloc(v, room * sizeof(*v));
		if (v == NULL)
			return false;
		t->v = v;
		t->room = room;
	}
	v[t->n++] = (struct member){ .pid = p->pid, .session = p->session,
	    .birth = p->birth, .new = true };
	return true;
}

/* It may be of the tree and is not known as such. */
static bool
is_candidate(const struct tree *t, const struct surroundings *s,
    const struct proc *p, unsigned long long until)
{
	return p->birth >= t->birth && (until == 0 || p->birth < until) &&
	    !is_other(s, p->pid) && !knows(t, p->pid);
}

/* Numbers pass on: forget members that are gone. */
static void
drop_gone(struct tree *t, const struct procs *ps)
{
	const struct proc *p;
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++) {
		p = procs_find(ps, t->v[i].pid);
		if (p == NULL || p->birth == t->v[i].birth)
			t->v[kept++] = t->v[i];
	}
	t->n = kept;
}

size_t
tree_find_new(struct tree *t, const struct surroundings *s,
    unsigned long long until)
{
	struct procs *ps = s->procs;
	size_t found = 0;
	bool marks = *t->cookie != '\0', more = true;

	procs_look(ps, t->since);
	drop_gone(t, ps);
	while (more) {
		more = false;
		for (size_t i = 0; i < ps->n; i++) {
			const struct proc *p = &ps->v[i];

			if (!is_candidate(t, s, p, until) ||
			    !(is_kin(t, s, p) || (marks &&
			    strcmp(procs_mark(ps, i), t->cookie) == 0)) ||
			    (s->apart &&
			    proc_shares_namespace(p->pid, s->agent) != 0))
				continue;
			if (!add(t, p))
				return found;
			found++;
			more = true;
		}
		marks = false;
	}
	t->since = procs_clock();
	return found;
}

static bool
is_left(const struct member *m)
{
	struct proc p;

	return proc_read(&p, m->pid) && p.birth == m->birth;
}

size_t
tree_count_left(const struct tree *t)
{
	size_t left = 0;

	for (size_t i = 0; i < t->n; i++)
		left += is_left(&t->v[i]);
	return left;
}

size_t
tree_signal_new(struct tree *t, int signo, int second)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (!t->v[i].new)
			continue;
		t->v[i].new = false;
		if (!is_left(&t->v[i]) || kill(t->v[i].pid, signo) == -1)
			continue;
		if (second != 0)
			kill(t->v[i].pid, second);
		n++;
	}
	t->since = procs_clock();
	return n;
}

void
tree_signal_left(const struct tree *t, int signo)
{
	for (size_t i = 0; i < t->n; i++)
		if (is_left(&t->v[i]))
			kill(t->v[i].pid, signo);
}

void
tree_clear(struct tree *t)
{
	free(t->v);
	t->v = NULL;
	t->n = t->room = 0;
}
