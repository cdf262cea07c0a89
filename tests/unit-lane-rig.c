/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "unit-lane.h"

static void
on_outlet_broken(void *arg, int cause)
{
	struct lanes *f = arg;

	f->broken++;
	f->cause = cause;
}

static void
on_broken(void *arg, const struct relay *r, int cause)
{
	struct source *s = arg;

	assert_ptr_equal(r, &s->relay);
	s->broken++;
	s->cause = cause;
}

static void
on_ended(void *arg)
{
	((struct source *)arg)->ended++;
}

static void
on_tick(void *arg)
{
	(void)arg;
}

int
lanes_set_up(void **state)
{
	struct lanes *f = calloc(1, sizeof(*f));
	struct error e = { 0 };
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	assert_non_null(f);
	assert_int_equal(loop_init(&f->loop, &e), 0);
	f->tick.fire = on_tick;
	assert_int_equal(file_pipe(ends, 0), 0);
	f->read_end = ends[0];
	f->out = ends[1];
	outlet_open(&f->outlet, &f->loop, f->out);
	f->outlet.hooks.broken = on_outlet_broken;
	f->outlet.hooks.arg = f;
	*state = f;
	return 0;
}

int
lanes_tear_down(void **state)
{
	struct lanes *f = *state;

	for (int i = 0; i < f->count; i++) {
		relay_clear(&f->sources[i].relay);
		lane_clear(&f->sources[i].lane);
		file_close(&f->sources[i].write_end);
		buf_clear(&f->sources[i].sent);
	}
	assert_int_equal(f->outlet.kept, 0);
	outlet_close(&f->outlet);
	outlet_close(&f->outlet);
	loop_cancel(&f->loop, &f->tick);
	loop_clear(&f->loop);
	file_close(&f->read_end);
	file_close(&f->out);
	buf_clear(&f->got);
	free(f);
	return 0;
}

static struct source *
add(struct lanes *f, const char *prefix, int (*hold)(const char *, size_t))
{
	struct source *s = &f->sources[f->count++];
	int ends[2];

	assert_true(f->count <= LANES_MOST);
	assert_int_equal(file_pipe(ends, 0), 0);
	s->write_end = ends[1];
	fcntl(s->write_end, F_SETFL, O_NONBLOCK);
	s->relay.hooks = (struct relay_hooks){ .broken = on_broken,
	    .ended = on_ended, .hold = hold, .arg = s };
	lane_open(&s->lane, &f->outlet, prefix);
	relay_start_lane(&s->relay, &f->loop, ends[0], &s->lane);
	return s;
}

struct source *
lanes_add_with(struct lanes *f, const char *prefix)
{
	return add(f, prefix, NULL);
}

struct source *
lanes_add_held(struct lanes *f, int (*hold)(const char *bytes, size_t len))
{
	struct source *s = &f->sources[f->count];

	snprintf(s->prefix, sizeof(s->prefix), "%d ", f->count);
	return add(f, s->prefix, hold);
}

struct source *
lanes_add(struct lanes *f)
{
	return lanes_add_held(f, NULL);
}

void
lanes_turn(struct lanes *f)
{
	struct error e = { 0 };

	loop_after(&f->loop, &f->tick, 1);
	assert_int_equal(loop_round(&f->loop, &e), 0);
	/* What a chunk of short lines becomes with its prefixes. */
	assert_true(f->outlet.pending.len <= 700 * KIB);
}

void
lanes_receive(struct lanes *f, size_t most)
{
	ssize_t n = read(f->read_end, buf_reserve(&f->got, most), most);

	if (n <= 0)
		return;
	f->got.len += (size_t)n;
	f->got.data[f->got.len] = '\0';
}

void
source_put(struct source *s, size_t most)
{
	size_t left = s->sent.len - s->put;
	ssize_t n;

	if (left == 0 || s->write_end == -1)
		return;
	n = write(s->write_end, s->sent.data + s->put,
	    left < most ? left : most);
	if (n > 0)
		s->put += (size_t)n;
}

void
source_text(struct source *s, const char *text)
{
	buf_add_text(&s->sent, text);
	source_put(s, strlen(text));
	assert_int_equal(s->put, s->sent.len);
}

void
source_fill(struct source *s, char byte, size_t len)
{
	memset(buf_reserve(&s->sent, len), byte, len);
	s->sent.len += len;
}

static bool
all_ended(const struct lanes *f)
{
	for (int i = 0; i < f->count; i++)
		if (f->sources[i].ended == 0)
			return false;
	return true;
}

void
lanes_carry(struct lanes *f, size_t put, size_t get)
{
	int64_t deadline = clock_now() + DEADLINE_MS;
	struct source *s;
	size_t before;

	do {
		for (s = f->sources; s < f->sources + f->count; s++) {
			source_put(s, put);
			if (s->put == s->sent.len)
				file_close(&s->write_end);
			assert_true(s->lane.line.len <= 64 * KIB);
		}
		lanes_turn(f);
		before = f->got.len;
		lanes_receive(f, get);
		assert_true(clock_now() < deadline);
	} while (!all_ended(f) || !outlet_drained(&f->outlet) ||
	    f->got.len > before);
	for (s = f->sources; s < f->sources + f->count; s++)
		assert_int_equal(s->ended, 1);
}
