/* SPDX-License-Identifier: ISC */
#include "run/pace.h"

#include <fcntl.h>

#include "base/clock.h"

#define BULK		(64 * 1024)
#define ROOMY_PIPE	(512 * 1024)

static int
pipe_room(int fd)
{
#ifdef F_GETPIPE_SZ
	return fcntl(fd, F_GETPIPE_SZ);
#else
	(void)fd;
	return -1;
#endif
}

void
pace_open(struct pace *p, int fd)
{
	*p = (struct pace){ .roomy = pipe_room(fd) >= ROOMY_PIPE };
}

void
pace_count(struct pace *p, size_t bytes)
{
	int64_t now;

	if (!p->roomy)
		return;
	now = clock_now();
	if (now != p->tick)
		p->bytes = 0;
	p->tick = now;
	p->bytes += bytes;
}

bool
pace_rest_due(struct pace *p)
{
	if (p->bytes < BULK)
		return false;
	p->bytes = 0;
	return true;
}
