/* SPDX-License-Identifier: ISC */
#include "agent/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent/terminal.h"

static int
open_pipe(struct pipes *p, int stream)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	p->ours[stream] = ends[stream == 0];
	p->theirs[stream] = ends[stream != 0];
	return 0;
}

static int
open_null(struct pipes *p, int stream)
{
	p->theirs[stream] = open("/dev/null",
	    (stream == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
	return p->theirs[stream] == -1 ? -1 : 0;
}

static int
copy(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static int
open_terminal(struct pipes *p, const struct start *s)
{
	if (terminal_open(&p->ours[1], &p->theirs[0]) == -1)
		return -1;
	terminal_resize(p->ours[1], s->rows, s->columns);
	p->theirs[1] = copy(p->theirs[0]);
	p->theirs[2] = copy(p->theirs[0]);
	if (p->theirs[1] == -1 || p->theirs[2] == -1)
		return -1;
	if (s->flags & START_STDIN)
		p->ours[0] = copy(p->ours[1]);
	return (s->flags & START_STDIN) && p->ours[0] == -1 ? -1 : 0;
}

static int
open_all(struct pipes *p, const struct start *s)
{
	int stream = 1;

	if (s->flags & START_TTY)
		return open_terminal(p, s);
	if ((s->flags & START_STDIN ? open_pipe(p, 0) : open_null(p, 0)) == -1)
		return -1;
	/* Nobody reads what it says, and it shall not die of that. */
	for (; stream < 3; stream++)
		if ((s->flags & START_DETACH ? open_null(p, stream) :
		    open_pipe(p, stream)) == -1)
			return -1;
	return 0;
}

int
pipes_open(struct pipes *p, const struct start *s)
{
	int error;

	*p = (struct pipes){ { -1, -1, -1 }, { -1, -1, -1 } };
	if ((s->flags & START_DETACH) &&
	    (s->flags & (START_TTY | START_STDIN))) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (open_all(p, s) == 0)
		return 0;
	error = errno;
	pipes_close_theirs(p);
	pipes_close_ours(p);
	errno = error;
	return -1;
}

static void
close_all(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] != -1)
			close(fds[i]);
		fds[i] = -1;
	}
}

void
pipes_close_ours(struct pipes *p)
{
	close_all(p->ours);
}

void
pipes_close_theirs(struct pipes *p)
{
	close_all(p->theirs);
}
