/* SPDX-License-Identifier: ISC */
/*
 * dexec-agent [--unlink]
 *
 * What a warm connection runs inside the container: it speaks frames
 * (wire/message.h) on its standard input and output, and starts commands.  With
 * --unlink it removes its own file first, so that nothing of it stays.
 */
#include <limits.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"

/* Small pieces from one place, large ones given back at once. */
static void
save_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 48 * 1024);
	mallopt(M_TRIM_THRESHOLD, 64 * 1024);
	mallopt(M_TOP_PAD, 0);
}

/* Without the right to do so the file stays; the keeper knows its name. */
static void
unlink_self(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return;
	path[n] = '\0';
	(void)unlink(path);
}

int
main(int argc, char **argv)
{
	struct agent agent;
	int status = 1;

	save_memory();
	if (argc > 1 && strcmp(argv[1], "--unlink") == 0)
		unlink_self();
	if (agent_open(&agent, STDIN_FILENO, STDOUT_FILENO, environ) == 0) {
		agent_run(&agent);
		status = 0;
	}
	agent_close(&agent);
	return status;
}
