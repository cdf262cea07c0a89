/* SPDX-License-Identifier: ISC */
#include "run/pace.h"

#include <fcntl.h>

#include "base/clock.h"

#define BULK		(64 * 1024)	/* within 1 ms */
#define REST_MS		1
#define BULK_OF_MANY	(8 * 1024)
#define REST_OF_MANY_MS	4
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
pace_open(struct pace *p, int fd, bool one_of_many)
{
	*p = (struct pace){ .roomy = pipe_room(fd) >= ROOMY_PIPE,
	    .one_of_many = one_of_many };
}

void
pace_count(struct pace *p, size_t bytes)
{
	int64_t now;

	if (p->one_of_many) {
		p->bytes += bytes;
		return;
	}
	if (!p->roomy)
		return;
	now = clock_now();
	if (now != p->tick)
		p->bytes = 0;
	p->tick = now;
	p->bytes += bytes;
}

int64_t
pace_rest(struct pace *p)
{
	if (p->bytes < (p->one_of_many ? BULK_OF_MANY : BULK))
		return 0;
	p->bytes = 0;
	if (!p->one_of_many)
		return clock_now() + REST_MS;
	return (clock_now() / REST_OF_MANY_MS + 1) * REST_OF_MANY_MS;
}
