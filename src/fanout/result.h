/* SPDX-License-Identifier: ISC */
/*
 * What is known of one target when it is over, or when it is clear that it
 * will not be started.  Everything that tells of many results reads these.
 */
#ifndef FANOUT_RESULT_H
#define FANOUT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/exec.h"

struct spool;

/* Streams in a result's spool, as relay and streams number them. */
#define RESULT_STDOUT	1
#define RESULT_STDERR	2

/*
 * Zeroed, it is that of a target that was not started.  Names and spool are
 * borrowed; the outcome's message is the result's own.
 */
struct result {
	const char *name;	/* as shown: "web-1", "context/web-1" */
	const char *id;		/* the container's, or NULL */
	const char *context;	/* docker's context, NULL: the default one */
	size_t index;		/* among those that are run, from 0 */
	size_t number;		/* among all targets, from 1; 0: index + 1 */

	bool started;		/* docker was told to; the rest is filled in */
	size_t rank;		/* which it was to be over, from 1 */
	int64_t start;		/* ms since 1970 */
	int64_t elapsed;	/* ms */
	struct outcome outcome;	/* with the finding, whatever it is */
	bool timed_out;		/* ended by us, at its deadline */
	unsigned attempts;	/* more than one with --retries */
	uint64_t sent;		/* bytes of stdin */
	uint64_t received;	/* bytes of stdout */
	const struct spool *spool;	/* its outputs, NULL: not kept */
};

/* It was started and ended with status 0. */
bool result_ok(const struct result *);

/* It was started and did not end well. */
bool result_failed(const struct result *);

/*
 * The status as a shell has it, 128+N for signal N; 125 where it was not
 * started.
 */
int result_status(const struct result *);

/*
 * In a few words how it ended, for a list: "0", "3", "timed out", "killed by
 * signal 9 (KILL)", "no such program", "not running", "not started".  Equal
 * words are equal reasons.  The caller frees it.
 */
char *result_word(const struct result *);

/*
 * The same as a sentence, for a result that stands alone: "exited with status
 * 3", or the outcome's message where there is one.  NULL: it is ok.  The
 * caller frees it.
 */
char *result_reason(const struct result *);

/* The name of signal SIGNO, "KILL"; NULL: it is none that ends programs. */
const char *result_signal_name(int signo);

void result_clear(struct result *);

#endif
