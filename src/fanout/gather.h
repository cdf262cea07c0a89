/* SPDX-License-Identifier: ISC */
/*
 * Which results are equal: the same end, the same bytes on stdout and the same
 * on stderr, however they were mixed and cut when they came.  Told once for
 * all that have it:
 *
 *	==== web-[1-3,7] (4) ====
 *	exited with status 3
 *	... stdout to stdout, stderr to stderr, in the order they came from the
 *	first of them
 *
 * Outputs are read from their spools piece by piece, whatever their size.
 */
#ifndef FANOUT_GATHER_H
#define FANOUT_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/spool.h"

struct buf;
struct result;

#define GATHER_CHUNK	(64 * 1024)	/* the most that comes at once */

/* A stream's bytes, in short: equal bytes have equal digests. */
struct gather_digest {
	uint64_t length, hash;
};

struct gather_group {
	const struct result **members;	/* each borrowed */
	size_t n;
	struct gather_digest digest[2];	/* of stdout, stderr */
	char *word;			/* how they ended: result_word() */
	char *title;			/* "web-[1-3,7]", once it is ordered */
	char *reason;			/* in a sentence, NULL: all is well */
	struct spool difference;	/* shown instead of the outputs where */
	bool differs;			/* this is true: see difference.h */
};

/* A zeroed struct has no groups yet. */
struct gather {
	struct gather_group *groups;
	size_t n;
};

/*
 * Put RESULT, which is over and is borrowed, with its like.  Reads its outputs
 * to their ends, and once more against those of its like.  0, or -1 with
 * errno: a spool cannot be read.
 */
int gather_add(struct gather *, const struct result *);

/*
 * When all are added: the most common first (of equally many, the one that has
 * the first target), the members in the order of targets, and titles for all.
 */
void gather_order(struct gather *);

/* Does stream RESULT_STDOUT or RESULT_STDERR differ?  -1 with errno. */
int gather_differ(const struct gather_group *, const struct gather_group *,
    int stream);

void gather_clear(struct gather *);

enum gather_phase {
	GATHER_TITLE,
	GATHER_BODY,
	GATHER_TAIL,
};

/* Where telling of all groups has come to. */
struct gather_reader {
	const struct gather *gather;	/* the reader's own, as all below */
	size_t at;
	enum gather_phase phase;
	struct spool_cursor cursor;
	const char *bytes;		/* read and not yet told */
	size_t left;
	int stream;
	char last[3];			/* the last byte of each stream */
};

/* Begin to tell of GATHER, which is ordered and borrowed. */
void gather_read(struct gather_reader *, const struct gather *);

/*
 * Append the next piece, GATHER_CHUNK bytes at the most, to CHUNK; it is for
 * *STREAM, RESULT_STDOUT or RESULT_STDERR.  A last line that has no end gets
 * one.  1: there may be more to come; 0: that was all, and nothing was added;
 * -1 with errno: a spool cannot be read.
 */
int gather_next(struct gather_reader *, struct buf *chunk, int *stream);

void gather_reader_clear(struct gather_reader *);

#endif
