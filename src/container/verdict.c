/* SPDX-License-Identifier: ISC */
#include "container/verdict.h"

#include <sys/wait.h>

#include <signal.h>

#include "base/error.h"

static void
set(struct outcome *o, enum outcome_kind kind, int value)
{
	o->kind = kind;
	o->value = value;
}

static bool
was_sent(const struct ending *en, int signo)
{
	return signo > 0 && signo < 64 && (en->sent >> signo & 1);
}

/* 128+N says signal N, if that is what the command was sent; else 0. */
static int
deadly_signal(const struct verdict_facts *f)
{
	int status;

	if (WIFSIGNALED(f->wait_status))
		return f->terminal_shared || f->ending->plan->cookie == NULL ?
		    WTERMSIG(f->wait_status) : 0;
	status = WEXITSTATUS(f->wait_status);
	return was_sent(f->ending, status - 128) ? status - 128 : 0;
}

/*
 * docker ends with nought when it is signalled itself (docker/cli#5778): that
 * is no word on the command.
 */
static bool
client_was_interrupted(const struct verdict_facts *f)
{
	return f->terminal_shared || f->ending->plan->cookie == NULL;
}

static void
by_signal(const struct verdict_facts *f, struct outcome *o)
{
	int deadly = deadly_signal(f);

	if (f->ending->trouble != NULL)
		set(o, OUTCOME_STATUS, STATUS_FAILED);
	else if (deadly != 0)
		set(o, OUTCOME_SIGNAL, deadly);
	else if (WIFSIGNALED(f->wait_status) || f->output_lost ||
	    (WEXITSTATUS(f->wait_status) == 0 && client_was_interrupted(f)))
		set(o, OUTCOME_SIGNAL, f->ending->first_signal);
	else
		set(o, OUTCOME_STATUS, WEXITSTATUS(f->wait_status));
}

static void
by_timeout(const struct verdict_facts *f, struct outcome *o)
{
	bool killed = was_sent(f->ending, SIGKILL) &&
	    WIFEXITED(f->wait_status) &&
	    WEXITSTATUS(f->wait_status) == STATUS_KILLED;

	set(o, OUTCOME_STATUS, killed ? STATUS_KILLED : STATUS_TIMED_OUT);
}

static void
by_itself(const struct verdict_facts *f, struct outcome *o)
{
	if (WIFEXITED(f->wait_status))
		set(o, OUTCOME_STATUS, WEXITSTATUS(f->wait_status));
	else if (f->ending->plan->client != NULL)
		set(o, OUTCOME_SIGNAL, WTERMSIG(f->wait_status));
	else
		set(o, OUTCOME_STATUS, STATUS_FAILED);
}

bool
verdict_needs_diagnosis(const struct verdict_facts *f)
{
	switch (f->ending->cause) {
	case ENDING_NONE:
	case ENDING_CLIENT_LOST:
		return true;
	case ENDING_SIGNAL:
		return f->ending->trouble == NULL && !client_was_interrupted(f)
		    && !f->output_lost && deadly_signal(f) == 0 &&
		    f->wait_status != 0;
	default:
		return false;
	}
}

void
verdict(const struct verdict_facts *f, struct outcome *o)
{
	if (f->ending->cause == ENDING_BROKEN_PIPE)
		set(o, OUTCOME_SIGNAL, SIGPIPE);
	else if (f->ending->cause == ENDING_WRITE_ERROR)
		set(o, OUTCOME_STATUS, STATUS_FAILED);
	else if (f->ending->cause == ENDING_TIMEOUT)
		by_timeout(f, o);
	else if (f->finding == FINDING_NOT_FOUND)
		set(o, OUTCOME_STATUS, STATUS_NOT_FOUND);
	else if (f->finding == FINDING_NOT_INVOKED)
		set(o, OUTCOME_STATUS, STATUS_NOT_INVOKED);
	else if (f->finding != FINDING_COMMAND)
		set(o, OUTCOME_STATUS, STATUS_FAILED);
	else if (f->ending->cause == ENDING_SIGNAL)
		by_signal(f, o);
	else
		by_itself(f, o);
}
