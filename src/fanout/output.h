/* SPDX-License-Identifier: ISC */
/*
 * Where the outputs of many commands go, and when: our two outputs shared by
 * all of them, what is kept back, and what is drawn meanwhile.
 *
 *	lines	as they come, each with the target's name in front
 *	group	a target's whole output at once when it is over
 *	order	the same, in the order of targets
 *	gather	equal results once, when all are over
 *	json	an object for each that is over
 *	files	into a directory, a file for each stream
 */
#ifndef FANOUT_OUTPUT_H
#define FANOUT_OUTPUT_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/say.h"
#include "container/streams.h"
#include "fanout/difference.h"
#include "fanout/gather.h"
#include "fanout/json.h"
#include "run/lane.h"
#include "run/loop.h"
#include "run/outlet.h"
#include "run/spinner.h"
#include "run/spool.h"

struct error;
struct result;

enum output_mode {
	OUTPUT_LINES,
	OUTPUT_GROUP,
	OUTPUT_ORDER,
	OUTPUT_GATHER,
	OUTPUT_JSON,
	OUTPUT_FILES,
};

struct output_style {
	enum output_mode mode;
	bool prefix;		/* names in front of lines */
	bool color[3];		/* of them, on stdout [1] and stderr [2] */
	bool diff;		/* gather: others against the most common */
	bool progress;		/* a line on the terminal, where possible */
	const char *directory;	/* files */
};

/* What one target prints; embedded in whoever has it, zeroed. */
struct printout {
	const struct result *result;	/* set before output_routes() */
	bool over;			/* all of it is there */
	bool printed;

	char *prefix[3];		/* the output's own, as all below */
	struct lane lane[3];
	int file[3];			/* 0: none */
	bool opened;
	STAILQ_ENTRY(printout) link;
};

struct output {
	struct output_style style;
	struct outlets outlets;
	int broken;			/* errno, of our stdout or stderr */

	struct loop *loop;		/* the output's own, as all below */
	struct lane messages;
	STAILQ_HEAD(printouts, printout) waiting;
	size_t next_index;		/* order: whose turn it is */
	struct printout *current, groups;
	struct spool_cursor cursor;
	struct json json;
	struct gather gather;
	struct gather_reader reader;
	struct difference difference;
	bool gathering, comparing, ending, clearing, pumping;
	struct spinner spinner;
	void (*changed)(void *arg);
	void *arg;
};

/*
 * CHANGED is called from the loop when something has been printed, or will
 * never be.  -1 with the error set (a directory that cannot be made).
 */
int output_open(struct output *, struct loop *, const struct output_style *,
    void (*changed)(void *arg), void *arg, struct error *);

/*
 * A target is about to start: set where its streams go.  It may be started
 * more than once.  -1 with the error set.
 */
int output_routes(struct output *, struct printout *, struct routes *,
    struct error *);

/* A line of ours on stderr, not torn by others. */
void output_line(struct output *, const char *text);

/* What the line on the terminal says. */
void output_progress(struct output *, const char *label);

/* We are about to stop, and go on. */
void output_pause(struct output *);
void output_resume(struct output *);

/*
 * What stands in front of each line on STREAM, maybe ""; NULL: bytes as they
 * are.  The caller frees it.
 */
char *output_prefix(const struct output *, const struct printout *,
    int stream);

void printout_clear(struct printout *);
void output_close(struct output *);

#endif
