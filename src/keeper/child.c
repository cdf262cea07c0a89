/* SPDX-License-Identifier: ISC */
#include "keeper/child.h"

#include <sys/prctl.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/strv.h"

/* It stays what it is when the file has been replaced by a newer one. */
#define SELF	"/proc/self/exe"

void
child_argv(struct strv *argv, const char *input)
{
	strv_push(argv, SELF);
	strv_push(argv, CHILD_OPTION);
	strv_pushf(argv, "%ld", (long)getpid());
	strv_push(argv, input != NULL ? input : "");
}

static int
open_input(const char *path, struct error *e)
{
	int fd;

	if (*path == '\0')
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || dup2(fd, STDIN_FILENO) == -1)
		return error_system(e, "cannot read %s", path);
	return 0;
}

int
child_become(char *const *words, struct error *e)
{
	if (words[0] == NULL || words[1] == NULL || words[2] == NULL)
		return error_usage(e, "no program");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return error_system(e, "cannot bind a process to its parent");
	/* It may have gone before that. */
	if (getppid() != (pid_t)strtol(words[0], NULL, 10))
		return error_set(e, "the keeper has gone");
	if (open_input(words[1], e) == -1)
		return -1;
	execvp(words[2], words + 2);
	return error_system(e, "cannot run %s", words[2]);
}
