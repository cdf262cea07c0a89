/* SPDX-License-Identifier: ISC */
#include "sweep/sweep.h"

#include <signal.h>
#include <string.h>

#define MOMENT_US	300000		/* between the signal and KILL */
#define LOOK_US		10000		/* looking whether they have ended */
#define LOOKS		20		/* against those that fork for ever */
#define KILL_ROUNDS	100		/* KILL_US apart */
#define KILL_US		10000

int64_t
sweep_clock(void)
{
	return procs_clock() / 1000;
}

static void
enter(struct sweep *s, enum sweep_phase phase)
{
	s->phase = phase;
	s->looks = 0;
	s->wake = sweep_clock();
	s->until = s->wake + MOMENT_US;
}

/* Look: true while there are new ones, though not for ever. */
static bool
finds_more(struct sweep *s, const struct surroundings *around)
{
	return tree_find_new(&s->tree, around, s->born_before) > 0 &&
	    s->looks++ < LOOKS;
}

/* A stopped process must go on to notice that it shall end. */
static void
signal_new(struct sweep *s)
{
	bool ends = s->signo == SIGTERM || s->signo == SIGHUP;

	s->hit += (uint32_t)tree_signal_new(&s->tree, s->signo,
	    ends ? SIGCONT : 0);
}

static void
finish(struct sweep *s)
{
	struct proc main;

	s->phase = SWEEP_OVER;
	s->left = (uint32_t)tree_count_left(&s->tree);
	s->main_left = s->tree.main_lives && proc_read(&main, s->tree.main);
}

static void
seek(struct sweep *s, const struct surroundings *around)
{
	if (finds_more(s, around))
		return;
	enter(s, SWEEP_SIGNALS);
	s->born_before = procs_now();
	signal_new(s);
}

/*
 * Those too that were overlooked because they were being started, but not what
 * a handler of the signal itself starts.
 */
static void
signal_late(struct sweep *s, const struct surroundings *around)
{
	if (finds_more(s, around)) {
		signal_new(s);
		return;
	}
	s->born_before = 0;
	if (s->mode == SWEEP_FOLLOW)
		enter(s, SWEEP_FOLLOWS);
	else if (s->mode == SWEEP_FINISH)
		enter(s, SWEEP_FINISHES);
	else
		finish(s);
}

static void
follow(struct sweep *s)
{
	if (s->tree.main_lives && sweep_clock() < s->until &&
	    tree_count_left(&s->tree) > 0)
		s->wake = sweep_clock() + LOOK_US;
	else if (s->tree.main == 0 || s->tree.main_lives || s->hit == 0)
		finish(s);
	else
		enter(s, SWEEP_GATHERS);
}

static void
gather(struct sweep *s, const struct surroundings *around)
{
	if (finds_more(s, around))
		return;
	tree_signal_left(&s->tree, SIGTERM);
	tree_signal_left(&s->tree, SIGCONT);
	enter(s, SWEEP_FINISHES);
}

static void
wait_for_all(struct sweep *s)
{
	if (sweep_clock() >= s->until || tree_count_left(&s->tree) == 0)
		enter(s, SWEEP_KILLS);
	else
		s->wake = sweep_clock() + LOOK_US;
}

/*
 * Stop everything, so that nothing is started any more, and kill it; until a
 * look finds none.  KILL takes a moment where there is much memory to free.
 */
static void
kill_all(struct sweep *s, const struct surroundings *around)
{
	if (s->rounds > 0 && sweep_clock() < s->wake &&
	    tree_count_left(&s->tree) > 0)
		return;
	if (finds_more(s, around)) {
		s->hit += (uint32_t)tree_signal_new(&s->tree, SIGSTOP, 0);
		return;
	}
	s->looks = 0;
	if (tree_count_left(&s->tree) == 0 || s->rounds++ == KILL_ROUNDS) {
		finish(s);
		return;
	}
	tree_signal_left(&s->tree, SIGKILL);
	s->wake = sweep_clock() + (s->rounds == 1 ? KILL_US / 10 : KILL_US);
}

void
sweep_start(struct sweep *s, const struct tree *tree, int signo,
    enum sweep_mode mode)
{
	memset(s, 0, sizeof(*s));
	s->tree = *tree;
	s->tree.since = procs_clock();
	s->signo = signo;
	s->mode = mode;
	enter(s, signo == SIGKILL ? SWEEP_KILLS : SWEEP_SEEKS);
}

void
sweep_go_on(struct sweep *s, const struct surroundings *around,
    bool main_lives)
{
	s->tree.main_lives = main_lives;
	switch (s->phase) {
	case SWEEP_OVER:
		break;
	case SWEEP_SEEKS:
		seek(s, around);
		break;
	case SWEEP_SIGNALS:
		signal_late(s, around);
		break;
	case SWEEP_FOLLOWS:
		follow(s);
		break;
	case SWEEP_GATHERS:
		gather(s, around);
		break;
	case SWEEP_FINISHES:
		wait_for_all(s);
		break;
	case SWEEP_KILLS:
		kill_all(s, around);
		break;
	}
}

void
sweep_clear(struct sweep *s)
{
	/* They are stopped. */
	if (s->phase == SWEEP_KILLS)
		tree_signal_left(&s->tree, SIGKILL);
	tree_clear(&s->tree);
	s->phase = SWEEP_OVER;
}
