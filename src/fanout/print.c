/* SPDX-License-Identifier: ISC */
#include "fanout/print.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "fanout/result.h"

enum step { MORE, WAIT, DONE };

static void pump(struct output *o);

static void
lane_moves(void *arg)
{
	pump(arg);
}

static void
lane_broke(void *arg, int cause)
{
	struct output *o = arg;

	(void)cause;
	if (!o->clearing && !o->pumping)
		output_abandon(o);
}

/* The lane calls us when it has room. */
static enum step
wait_for(struct output *o, struct lane *lane)
{
	lane->ready = lane_moves;
	lane->broken = lane_broke;
	lane->arg = o;
	lane_wait(lane);
	return WAIT;
}

/* Both lanes of the current printout end; WAIT when one cannot yet. */
static enum step
end_lanes(struct output *o, struct printout *p)
{
	for (int i = RESULT_STDOUT; i <= RESULT_STDERR; i++) {
		if (p->lane[i].outlet == NULL)
			continue;
		p->lane[i].ready = lane_moves;
		p->lane[i].broken = lane_broke;
		p->lane[i].arg = o;
		if (lane_end(&p->lane[i]) == 0)
			return WAIT;
	}
	printout_clear(p);
	return DONE;
}

static struct lane *
full_lane(struct printout *p)
{
	for (int i = RESULT_STDOUT; i <= RESULT_STDERR; i++)
		if (!lane_has_room(&p->lane[i]))
			return &p->lane[i];
	return NULL;
}

/* The next piece of a spool, into the lanes of P. */
static enum step
print_spool(struct output *o, struct printout *p)
{
	struct lane *full = full_lane(p);
	const char *bytes;
	int stream;
	ssize_t n;

	if (full != NULL)
		return wait_for(o, full);
	n = spool_next(&o->cursor, &bytes, &stream);
	if (n <= 0)
		return end_lanes(o, p);
	lane_add(&p->lane[stream], bytes, (size_t)n);
	return MORE;
}

static enum step
print_json(struct output *o, struct printout *p)
{
	struct buf chunk = { 0 };
	int rc;

	if (!lane_has_room(&p->lane[RESULT_STDOUT]))
		return wait_for(o, &p->lane[RESULT_STDOUT]);
	rc = json_next(&o->json, &chunk);
	if (chunk.len > 0)
		lane_add(&p->lane[RESULT_STDOUT], chunk.data, chunk.len);
	buf_clear(&chunk);
	return rc == 1 ? MORE : end_lanes(o, p);
}

static enum step
print_gathered(struct output *o, struct printout *p)
{
	struct lane *full = full_lane(p);
	struct buf chunk = { 0 };
	int stream, rc;

	if (full != NULL)
		return wait_for(o, full);
	rc = gather_next(&o->reader, &chunk, &stream);
	if (chunk.len > 0)
		lane_add(&p->lane[stream], chunk.data, chunk.len);
	buf_clear(&chunk);
	return rc == 1 ? MORE : end_lanes(o, p);
}

static void
open_lanes(struct output *o, struct printout *p, const char *const prefix[3])
{
	for (int i = RESULT_STDOUT; i <= RESULT_STDERR; i++)
		lane_open(&p->lane[i], i == RESULT_STDERR ? o->outlets.err :
		    o->outlets.out, prefix[i]);
	p->opened = true;
}

static void
begin(struct output *o, struct printout *p)
{
	static const char *const plain[3] = { "", "", "" };
	const char *prefix[3] = { NULL };

	o->current = p;
	if (o->style.mode == OUTPUT_JSON) {
		open_lanes(o, p, plain);
		json_start(&o->json, p->result);
		return;
	}
	for (int i = RESULT_STDOUT; i <= RESULT_STDERR; i++)
		prefix[i] = p->prefix[i] = output_prefix(o, p, i);
	open_lanes(o, p, prefix);
	if (p->result->spool != NULL)
		spool_read(&o->cursor, p->result->spool, SPOOL_ALL);
}

/*
 * Whose turn it is, of those that are over.  In order each waits for those
 * before it, but not in the end: what is missing then was not started.
 */
static struct printout *
take_next(struct output *o)
{
	bool in_order = o->style.mode == OUTPUT_ORDER;
	struct printout *p, *next = NULL;

	STAILQ_FOREACH(p, &o->waiting, link)
		if (next == NULL || (in_order &&
		    p->result->index < next->result->index))
			next = p;
	if (next == NULL || (in_order && !o->ending &&
	    next->result->index != o->next_index))
		return NULL;
	STAILQ_REMOVE(&o->waiting, next, printout, link);
	o->next_index++;
	return next;
}

static enum step
print_step(struct output *o, struct printout *p)
{
	if (o->gathering)
		return print_gathered(o, p);
	if (o->style.mode == OUTPUT_JSON)
		return print_json(o, p);
	if (p->result->spool == NULL)
		return end_lanes(o, p);
	return print_spool(o, p);
}

static void
finish(struct output *o, struct printout *p)
{
	spool_cursor_clear(&o->cursor);
	json_clear(&o->json);
	o->current = NULL;
	o->gathering = false;
	p->printed = true;
	o->changed(o->arg);
}

static void
pump(struct output *o)
{
	enum step step = MORE;
	struct printout *p;

	if (o->pumping)
		return;
	o->pumping = true;
	while (step != WAIT && o->broken == 0) {
		p = o->current;
		if (p == NULL && o->style.mode != OUTPUT_GATHER &&
		    (p = take_next(o)) != NULL)
			begin(o, p);
		if (p == NULL)
			break;
		step = print_step(o, p);
		if (step == DONE)
			finish(o, p);
	}
	o->pumping = false;
	if (o->broken != 0)
		output_abandon(o);
}

void
output_over(struct output *o, struct printout *p)
{
	p->over = true;
	if (o->style.mode == OUTPUT_LINES || o->style.mode == OUTPUT_FILES ||
	    o->broken != 0) {
		printout_clear(p);
		p->printed = true;
		return;
	}
	STAILQ_INSERT_TAIL(&o->waiting, p, link);
	pump(o);
}

/* Groups are known: tell of them, by way of a printout of their own. */
static void
tell_groups(void *arg)
{
	static const char *const plain[3] = { NULL, NULL, NULL };
	struct output *o = arg;

	if (o->comparing && o->difference.error.text != NULL)
		output_line(o, o->difference.error.text);
	o->comparing = false;
	gather_read(&o->reader, &o->gather);
	o->gathering = true;
	o->current = &o->groups;
	open_lanes(o, &o->groups, plain);
	pump(o);
}

static void
gather_all(struct output *o)
{
	struct printout *p;

	STAILQ_FOREACH(p, &o->waiting, link)
		if (gather_add(&o->gather, p->result) == -1)
			output_line(o, strerror(errno));
	gather_order(&o->gather);
	if (!o->style.diff || o->gather.n < 2) {
		tell_groups(o);
		return;
	}
	o->comparing = true;
	difference_start(&o->difference, o->loop, &o->gather, tell_groups, o);
}

void
output_end(struct output *o)
{
	o->ending = true;
	spinner_clear(&o->spinner);
	if (o->broken != 0)
		output_abandon(o);
	else if (o->style.mode != OUTPUT_GATHER)
		pump(o);
	else if (!STAILQ_EMPTY(&o->waiting))
		gather_all(o);
}

bool
output_done(const struct output *o)
{
	bool kept = !STAILQ_EMPTY(&o->waiting) &&
	    o->style.mode != OUTPUT_GATHER;

	return o->current == NULL && !kept && !o->comparing &&
	    outlets_drained(&o->outlets);
}

void
output_abandon(struct output *o)
{
	struct printout *p = o->current;

	o->current = NULL;
	o->gathering = o->comparing = false;
	difference_clear(&o->difference);
	if (p != NULL) {
		printout_clear(p);
		p->printed = true;
	}
	while ((p = STAILQ_FIRST(&o->waiting)) != NULL) {
		STAILQ_REMOVE_HEAD(&o->waiting, link);
		p->printed = true;
	}
	o->changed(o->arg);
}
