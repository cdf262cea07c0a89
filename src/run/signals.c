/* SPDX-License-Identifier: ISC */
#include "run/signals.h"

#include <stddef.h>

static const int caught[SIGNALS_CAUGHT] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
    SIGTSTP, SIGCONT, SIGWINCH };

/* Stop as we were asked to, with nothing of ours on the terminal. */
static void
stop(struct signals *s)
{
	s->pause(s->arg);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	loop_catch(s->loop, SIGTSTP);
	s->resume(s->arg);
}

static void
on_signal(void *arg, int signo)
{
	struct signals *s = arg;

	if (signo == SIGTSTP)
		stop(s);
	else if (signo != SIGCONT)
		s->taken(s->arg, signo);
}

void
signals_take(struct signals *s, struct loop *loop)
{
	s->loop = loop;
	for (size_t i = 0; i < SIGNALS_CAUGHT; i++) {
		sigaction(caught[i], NULL, &s->before[i]);
		loop_catch(loop, caught[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	loop->on_signal = on_signal;
	loop->signal_arg = s;
}

void
signals_give_back(struct signals *s)
{
	if (s->loop == NULL)
		return;
	for (size_t i = 0; i < SIGNALS_CAUGHT; i++)
		sigaction(caught[i], &s->before[i], NULL);
	s->loop->on_signal = NULL;
	s->loop = NULL;
}
