/* SPDX-License-Identifier: ISC */
#include "container/evidence.h"

#include <sys/wait.h>

#include <string.h>

#include "base/error.h"
#include "container/plan.h"

int
evidence_status(const struct evidence *ev)
{
	return WIFEXITED(ev->wait_status) ? WEXITSTATUS(ev->wait_status) : -1;
}

static bool
is_failed_start(int status)
{
	return status >= STATUS_NOT_INVOKED && status <= STATUS_UNKNOWN;
}

enum launch
evidence_launch(const struct evidence *ev, const struct plan *plan)
{
	int status = evidence_status(ev);
	size_t len = strlen(ev->out);

	if (ev->more_out || ev->more_err || status == 0)
		return LAUNCH_NONE;
	if (len >= 2 && strcmp(ev->out + len - 2, "\r\n") == 0 &&
	    is_failed_start(status))
		return launch_classify(plan, ev->out);
	if (plan->options->detach)
		return launch_classify(plan, ev->err);
	return launch_classify_exec(plan, ev->err);
}

bool
evidence_may_be_dying(const struct evidence *ev)
{
	return is_failed_start(evidence_status(ev)) && !ev->more_out &&
	    launch_is_line(ev->out, strlen(ev->out));
}

const char *
evidence_words(const struct evidence *ev)
{
	return ev->out[0] != '\0' ? ev->out : ev->err;
}
