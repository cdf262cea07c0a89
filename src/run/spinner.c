/* SPDX-License-Identifier: ISC */
#include "run/spinner.h"

#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "run/tty.h"

#define SILENCE_MS	200
#define FRAME_MS	100

static const char *const ascii_frames[] = { "|", "/", "-", "\\", NULL };
static const char *const utf8_frames[] = { "\u280b", "\u2819", "\u2839",
    "\u2838", "\u283c", "\u2834", "\u2826", "\u2827", "\u2807", "\u280f",
    NULL };

bool
spinner_possible(int fd)
{
	const char *term = getenv("TERM"), *ci = getenv("CI");

	return isatty(fd) && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0 && (ci == NULL || *ci == '\0');
}

static const char *
next_frame(struct spinner *s)
{
	const char *const *frames = s->utf8 ? utf8_frames : ascii_frames;

	if (frames[s->frame] == NULL)
		s->frame = 0;
	return frames[s->frame++];
}

static void
add_elapsed(struct buf *b, int64_t seconds)
{
	if (seconds >= 3600)
		buf_addf(b, " %d:%02d:%02d", (int)(seconds / 3600),
		    (int)(seconds / 60 % 60), (int)(seconds % 60));
	else if (seconds >= 60)
		buf_addf(b, " %d:%02d", (int)(seconds / 60),
		    (int)(seconds % 60));
	else
		buf_addf(b, " %ds", (int)seconds);
}

/* As much of the label as COLUMNS hold. */
static void
add_label(struct buf *b, const char *label, int columns)
{
	mbstate_t state = { 0 };
	wchar_t wide;
	size_t n;
	int width;

	for (; *label != '\0'; label += n) {
		n = mbrtowc(&wide, label, MB_CUR_MAX, &state);
		if (n == 0 || n > MB_CUR_MAX)
			return;
		width = wcwidth(wide);
		if (width < 0 || width > columns)
			return;
		columns -= width;
		buf_add(b, label, n);
	}
}

static void
draw(struct spinner *s)
{
	struct buf b = { 0 };

	/* Room for the sign, the time, and the cursor behind it. */
	buf_addf(&b, "\r%s%s%s ", s->color ? "\033[36m" : "", next_frame(s),
	    s->color ? "\033[m" : "");
	add_label(&b, s->label, tty_columns(s->fd) - 14);
	add_elapsed(&b, (clock_now() - s->since) / 1000);
	buf_add_text(&b, "\033[K");
	/* A terminal that takes nothing now simply shows nothing. */
	if (write(s->fd, b.data, b.len) > 0)
		s->drawn = true;
	buf_clear(&b);
}

static void
tick(void *arg)
{
	struct spinner *s = arg;

	if (tty_foreground(s->fd))
		draw(s);
	loop_after(s->loop, &s->timer, FRAME_MS);
}

static void
erase(struct spinner *s)
{
	static const char blank[] = "\r\033[K";

	if (s->drawn && tty_foreground(s->fd))
		file_write(s->fd, blank, sizeof(blank) - 1);
	s->drawn = false;
}

static int
open_terminal(int fd)
{
	char path[32];
	int own;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return own != -1 ? own : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void
spinner_start(struct spinner *s, struct loop *loop, int fd, const char *label,
    bool color)
{
	memset(s, 0, sizeof(*s));
	s->fd = open_terminal(fd);
	if (s->fd == -1)
		return;
	s->loop = loop;
	s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	spinner_label(s, label);
	s->color = color;
	s->since = clock_now();
	s->timer.fire = tick;
	s->timer.arg = s;
	spinner_resume(s);
}

void
spinner_label(struct spinner *s, const char *label)
{
	if (s->loop == NULL)
		return;
	free(s->label);
	s->label = s->utf8 ? text_printable(label, 1000) :
	    text_printable_ascii(label, 1000);
}

void
spinner_pause(struct spinner *s)
{
	if (s->loop == NULL)
		return;
	erase(s);
	loop_cancel(s->loop, &s->timer);
}

void
spinner_leave(struct spinner *s)
{
	if (s->loop == NULL)
		return;
	s->drawn = false;
	loop_cancel(s->loop, &s->timer);
}

void
spinner_resume(struct spinner *s)
{
	if (s->loop != NULL)
		loop_after(s->loop, &s->timer, SILENCE_MS);
}

void
spinner_clear(struct spinner *s)
{
	if (s->loop == NULL)
		return;
	spinner_pause(s);
	file_close(&s->fd);
	free(s->label);
	memset(s, 0, sizeof(*s));
}
