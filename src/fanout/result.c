/* SPDX-License-Identifier: ISC */
#include "fanout/result.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

bool
result_ok(const struct result *r)
{
	return r->started && r->outcome.kind == OUTCOME_STATUS &&
	    r->outcome.value == 0;
}

bool
result_failed(const struct result *r)
{
	return r->started && !result_ok(r);
}

int
result_status(const struct result *r)
{
	if (!r->started)
		return STATUS_FAILED;
	return r->outcome.kind == OUTCOME_SIGNAL ? 128 + r->outcome.value :
	    r->outcome.value;
}

/* strsignal(3) speaks in sentences, and nothing portable in names. */
const char *
result_signal_name(int signo)
{
	static const struct {
		int number;
		const char *name;
	} signals[] = {
		{ SIGHUP, "HUP" }, { SIGINT, "INT" }, { SIGQUIT, "QUIT" },
		{ SIGILL, "ILL" }, { SIGTRAP, "TRAP" }, { SIGABRT, "ABRT" },
		{ SIGBUS, "BUS" }, { SIGFPE, "FPE" }, { SIGKILL, "KILL" },
		{ SIGUSR1, "USR1" }, { SIGSEGV, "SEGV" }, { SIGUSR2, "USR2" },
		{ SIGPIPE, "PIPE" }, { SIGALRM, "ALRM" }, { SIGTERM, "TERM" },
		{ SIGXCPU, "XCPU" }, { SIGXFSZ, "XFSZ" }, { SIGSYS, "SYS" },
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].number == signo)
			return signals[i].name;
	return NULL;
}

static char *
signal_word(int signo)
{
	const char *name = result_signal_name(signo);

	return name != NULL ?
	    mem_printf("killed by signal %d (%s)", signo, name) :
	    mem_printf("killed by signal %d", signo);
}

/* What the finding says of a command that never ran, or NULL: it did. */
static const char *
finding_word(const struct outcome *o)
{
	switch (o->finding) {
	case FINDING_NOT_FOUND:
		return "no such program";
	case FINDING_NOT_INVOKED:
		return "cannot be run";
	case FINDING_CONTAINER:
		return o->stopped ? "not running" : "not available";
	case FINDING_ENGINE:
		return "docker failed";
	case FINDING_LOST:
		return "lost";
	default:
		return NULL;
	}
}

char *
result_word(const struct result *r)
{
	const char *found = finding_word(&r->outcome);

	if (!r->started)
		return mem_dup("not started");
	if (result_ok(r))
		return mem_dup("0");
	if (r->timed_out)
		return mem_dup("timed out");
	if (found != NULL)
		return mem_dup(found);
	if (r->outcome.kind == OUTCOME_SIGNAL)
		return signal_word(r->outcome.value);
	return mem_printf("%d", r->outcome.value);
}

char *
result_reason(const struct result *r)
{
	if (result_ok(r))
		return NULL;
	if (r->outcome.message != NULL)
		return mem_dup(r->outcome.message);
	if (r->started && !r->timed_out &&
	    r->outcome.finding == FINDING_COMMAND &&
	    r->outcome.kind == OUTCOME_STATUS)
		return mem_printf("exited with status %d", r->outcome.value);
	return result_word(r);
}

void
result_clear(struct result *r)
{
	outcome_clear(&r->outcome);
	memset(r, 0, sizeof(*r));
}
