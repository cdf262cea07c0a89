/* SPDX-License-Identifier: ISC */
/*
 * How we end, given how everything else did.  The one place where a child's
 * status becomes ours.
 */
#ifndef CONTAINER_VERDICT_H
#define CONTAINER_VERDICT_H

#include <stdbool.h>

#include "container/ending.h"
#include "container/exec.h"

struct verdict_facts {
	int wait_status;		/* of the docker client */
	enum finding_kind finding;
	const struct ending *ending;
	bool terminal_shared;		/* the client got our signals as well */
	bool output_lost;		/* a signal came before it was delivered */
};

/* Is the status the command's own, or have we to ask what happened? */
bool verdict_needs_diagnosis(const struct verdict_facts *);

/* Fill in kind and value. */
void verdict(const struct verdict_facts *, struct outcome *);

#endif
