/* SPDX-License-Identifier: ISC */
/*
 * Several small programs at once, each asked one thing and given so much time:
 * started together, but for what is more than some dozens, and waited for.  A
 * loop and the signals of this process are the asking's own meanwhile.
 */
#ifndef RUN_ASK_H
#define RUN_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "run/capture.h"

struct error;
struct say;

struct question {
	struct strv argv;		/* the caller's, set before */
	struct capture capture;		/* the answer */
	char *failed;			/* it could not be started: why; or NULL */

	struct asking *asking;		/* the asking's own, as all below */
	int64_t limit;
};

/*
 * Ask all N.  LIMIT in ms for each, from its start; 0: none.  Returns 0 when
 * all have answered or failed; the number of the signal that interrupted it,
 * all that ran being killed; or -1 with the error set.  The caller clears the
 * questions.
 */
int ask(struct question *, size_t n, int64_t limit, const struct say *,
    struct error *);

/* It ended by itself, with status 0. */
bool question_answered(const struct question *);

/* Why not, in one line: docker's own words where there are some. */
char *question_complaint(const struct question *);

void question_clear(struct question *);

#endif
