/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "unit-relay.h"

static void
on_broken(void *arg, const struct relay *r, int cause)
{
	struct rig *f = arg;

	assert_ptr_equal(r, &f->relay);
	f->broken++;
	f->cause = cause;
}

static void
on_ended(void *arg)
{
	((struct rig *)arg)->ended++;
}

static void
on_before(void *arg)
{
	((struct rig *)arg)->before++;
}

static void
on_after(void *arg)
{
	((struct rig *)arg)->after++;
}

static void
on_tick(void *arg)
{
	(void)arg;
}

void
set_nonblock(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK),
	    0);
}

int
rig_set_up(void **state)
{
	struct rig *f = calloc(1, sizeof(*f));
	struct error e = { 0 };

	signal(SIGPIPE, SIG_IGN);
	assert_non_null(f);
	f->write_end = f->read_end = -1;
	f->tick.fire = on_tick;
	f->relay.hooks = (struct relay_hooks){ .broken = on_broken,
	    .ended = on_ended, .before_write = on_before,
	    .after_write = on_after, .arg = f };
	*state = f;
	return loop_init(&f->loop, &e);
}

int
rig_tear_down(void **state)
{
	struct rig *f = *state;

	relay_clear(&f->relay);
	relay_clear(&f->relay);
	loop_cancel(&f->loop, &f->tick);
	loop_clear(&f->loop);
	file_close(&f->write_end);
	file_close(&f->read_end);
	buf_clear(&f->sent);
	buf_clear(&f->got);
	free(f);
	return 0;
}

void
rig_turn(struct rig *f)
{
	struct error e = { 0 };

	loop_after(&f->loop, &f->tick, 1);
	assert_int_equal(loop_round(&f->loop, &e), 0);
}

void
rig_start(struct rig *f, int out)
{
	int ends[2];

	assert_int_equal(file_pipe(ends, 0), 0);
	f->write_end = ends[1];
	set_nonblock(f->write_end);
	relay_start(&f->relay, &f->loop, ends[0], out);
}

int
rig_start_to_pipe(struct rig *f)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	f->read_end = ends[0];
	set_nonblock(f->read_end);
	rig_start(f, ends[1]);
	return ends[1];
}

void
rig_receive(struct rig *f, size_t most)
{
	char *to = buf_reserve(&f->got, most);
	ssize_t n = read(f->read_end, to, most);

	if (n <= 0)
		return;
	to[n] = '\0';
	f->got.len += (size_t)n;
}

void
rig_expect(struct rig *f, size_t size)
{
	int64_t deadline = clock_now() + DEADLINE_MS;

	while (f->got.len < size) {
		rig_turn(f);
		rig_receive(f, 65536);
		assert_true(clock_now() < deadline);
	}
}

void
rig_prepare(struct rig *f, size_t size)
{
	uint32_t x = 1;

	for (size_t i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		buf_add_byte(&f->sent, (char)(x >> 24));
	}
}

void
rig_carry(struct rig *f, size_t put, size_t get)
{
	int64_t deadline = clock_now() + DEADLINE_MS;
	size_t at = 0, part;
	ssize_t n;

	while (f->ended == 0 || (f->read_end != -1 &&
	    f->got.len < f->sent.len && f->broken == 0)) {
		part = f->sent.len - at < put ? f->sent.len - at : put;
		n = part > 0 ? write(f->write_end, f->sent.data + at, part) : 0;
		if (n > 0)
			at += (size_t)n;
		if (at == f->sent.len)
			file_close(&f->write_end);
		rig_turn(f);
		if (f->read_end != -1)
			rig_receive(f, get);
		assert_true(f->relay.pending.len <= 128 * 1024);
		assert_true(clock_now() < deadline);
	}
}

void
rig_assert_all_arrived(const struct rig *f)
{
	assert_int_equal(f->got.len, f->sent.len);
	if (f->sent.len > 0)
		assert_memory_equal(f->got.data, f->sent.data, f->sent.len);
	assert_int_equal(f->broken, 0);
	assert_int_equal(f->ended, 1);
}

int
rig_hold_h(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 'h')
			return 0;
	return RIG_PATIENCE;
}
