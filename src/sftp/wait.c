/* SPDX-License-Identifier: ISC */
#include "sftp/wait.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS	2000
#define LOOK_MS		50	/* what docker exec has started is no child */

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

/* All but us have ended, whoever is to wait for them. */
static int
is_alone(void)
{
	return kill(-1, 0) == -1 && errno == ESRCH;
}

static void
end_others(void)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	int64_t limit = now_ms() + GRACE_MS;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	kill(-1, SIGTERM);
	for (reap(); !is_alone() && now_ms() < limit; reap())
		sigtimedwait(&child, NULL, &look);
}

int
wait_for_end(void)
{
	sigset_t awaited;
	int signal;

	/*
	 * The kernel drops what process 1 has no handler for, but not while it
	 * is blocked; and so none is lost between two looks.
	 */
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGINT);
	if (sigprocmask(SIG_BLOCK, &awaited, NULL) == -1)
		return -1;
	do {
		reap();
		signal = sigwaitinfo(&awaited, NULL);
		if (signal == -1 && errno != EINTR)
			return -1;
	} while (signal != SIGTERM && signal != SIGINT);
	/* Elsewhere that would mean the whole machine, or the container. */
	if (getpid() == 1)
		end_others();
	return 0;
}
