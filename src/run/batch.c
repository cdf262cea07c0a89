/* SPDX-License-Identifier: ISC */
#include "run/batch.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef SCHED_BATCH

void
batch_process(pid_t pid)
{
	struct sched_param none = { .sched_priority = 0 };
	struct dirent *entry;
	char path[32];
	pid_t thread;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		thread = (pid_t)strtol(entry->d_name, NULL, 10);
		/* Not what somebody has chosen another policy for. */
		if (thread > 0 && sched_getscheduler(thread) == SCHED_OTHER)
			(void)sched_setscheduler(thread, SCHED_BATCH, &none);
	}
	if (dir != NULL)
		closedir(dir);
}

#else

void
batch_process(pid_t pid)
{
	(void)pid;
}

#endif
