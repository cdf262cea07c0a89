/* SPDX-License-Identifier: ISC */
#include "agent/sweep.h"

#include <signal.h>
#include <string.h>

#include "agent/link.h"
#include "wire/message.h"

#define MOMENT_US	300000		/* between the signal and KILL */
#define LOOK_US		10000		/* looking whether they have ended */
#define ROUNDS		20		/* against those that fork for ever */
#define KILL_ROUNDS	100		/* KILL_US apart */
#define KILL_US		10000

/* Look until a look finds none that was not known. */
static void
find_all(struct sweep *s, const struct surroundings *around)
{
	for (int i = 0; i < ROUNDS; i++)
		if (tree_find_new(&s->tree, around, 0) == 0)
			break;
}

/*
 * Each once, those too that were overlooked because they were being started,
 * but not what a handler of the signal itself starts.  A stopped process must
 * go on to notice that it shall end.
 */
static void
signal_all(struct sweep *s, const struct surroundings *around)
{
	bool ends = s->signo == SIGTERM || s->signo == SIGHUP;
	unsigned long long until;
	int i = 0;

	find_all(s, around);
	until = procs_now();
	do
		s->hit += (uint32_t)tree_signal_new(&s->tree, s->signo,
		    ends ? SIGCONT : 0);
	while (tree_find_new(&s->tree, around, until) > 0 && i++ < ROUNDS);
}

static void
finish(struct sweep *s)
{
	s->phase = SWEEP_OVER;
	s->left = (uint32_t)tree_count_left(&s->tree);
	s->main_left = s->tree.main_lives &&
	    procs_find(&s->tree.procs, s->tree.main) != NULL;
}

/*
 * Stop everything, so that nothing is started any more, and kill it; until a
 * look finds none.  KILL takes a moment where there is much memory to free.
 */
static void
kill_all(struct sweep *s, const struct surroundings *around)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (tree_find_new(&s->tree, around, 0) == 0)
			break;
		s->hit += (uint32_t)tree_signal_new(&s->tree, SIGSTOP, 0);
	}
	if (tree_count_left(&s->tree) == 0 || s->rounds++ == KILL_ROUNDS) {
		finish(s);
		return;
	}
	tree_signal_left(&s->tree, SIGKILL);
	s->wake = clock_us() + (s->rounds == 1 ? KILL_US / 10 : KILL_US);
}

static void
enter(struct sweep *s, enum sweep_phase phase)
{
	s->phase = phase;
	s->wake = clock_us();
	s->until = s->wake + MOMENT_US;
}

static void
follow(struct sweep *s, const struct surroundings *around, bool main_lives)
{
	if (main_lives && clock_us() < s->until &&
	    tree_count_left(&s->tree) > 0) {
		s->wake = clock_us() + LOOK_US;
		return;
	}
	if (main_lives || s->hit == 0) {
		finish(s);
		return;
	}
	find_all(s, around);
	tree_count_left(&s->tree);
	tree_signal_left(&s->tree, SIGTERM);
	tree_signal_left(&s->tree, SIGCONT);
	enter(s, SWEEP_FINISHES);
}

void
sweep_start(struct sweep *s, const struct tree *tree,
    const struct surroundings *around, int signo, int mode)
{
	memset(s, 0, sizeof(*s));
	s->tree = *tree;
	s->signo = signo;
	if (signo == SIGKILL) {
		enter(s, SWEEP_KILLS);
		return;
	}
	signal_all(s, around);
	if (mode == WIRE_FOLLOW)
		enter(s, SWEEP_FOLLOWS);
	else if (mode == WIRE_FINISH)
		enter(s, SWEEP_FINISHES);
	else
		finish(s);
}

void
sweep_go_on(struct sweep *s, const struct surroundings *around,
    bool main_lives)
{
	s->tree.main_lives = main_lives;
	if (s->phase == SWEEP_FOLLOWS)
		follow(s, around, main_lives);
	if (s->phase == SWEEP_FINISHES) {
		if (clock_us() >= s->until || tree_count_left(&s->tree) == 0)
			enter(s, SWEEP_KILLS);
		else
			s->wake = clock_us() + LOOK_US;
	}
	if (s->phase == SWEEP_KILLS)
		kill_all(s, around);
}

void
sweep_clear(struct sweep *s)
{
	tree_clear(&s->tree);
	s->phase = SWEEP_OVER;
}
