/* SPDX-License-Identifier: ISC */
/*
 * One command in many containers, side by side, on one loop: which when, and
 * one outcome of all.
 */
#ifndef FANOUT_FANOUT_H
#define FANOUT_FANOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/say.h"
#include "container/archive.h"
#include "container/plan.h"
#include "container/waiting.h"
#include "container/warm_keeper.h"
#include "fanout/halt.h"
#include "fanout/output.h"
#include "fanout/summary.h"

struct error;
struct outcome;
struct resolved;

/* All is borrowed. */
struct fanout_request {
	const struct resolved *resolved;
	const struct exec_options *options;
	char *const *command;
	enum archive_mode archive;	/* how to do without it, with: */
	char *const *words;
	bool reap;			/* mark commands, end their trees */
	int jobs;			/* at a time; 0: as the machine is */
	int retries;			/* of what surely did not start */
	struct output_style style;
	struct halt halt;
	enum exit_policy exit;
	const char *joblog;		/* a file, or NULL */
	bool resume;			/* only what it does not say is done */
	int64_t timeout, kill_after;	/* ms */
	bool wait;			/* start none before it is ready: */
	enum waiting_for wait_for;
	int64_t wait_limit;		/* ms, 0: none */
	const struct warm_setup *warm;	/* by warm connections; or NULL */
	const struct say *say;
};

/* 0 with OUTCOME filled in, or -1 with the error set. */
int fanout_run(const struct fanout_request *, struct outcome *,
    struct error *);

#endif
