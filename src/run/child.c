/* SPDX-License-Identifier: ISC */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/error.h"
#include "base/strv.h"

/* It stays what it is when the file has been replaced by a newer one. */
#define SELF	"/proc/self/exe"

#ifdef __linux__

void
child_argv(struct strv *argv, const char *input)
{
	strv_push(argv, SELF);
	strv_push(argv, CHILD_OPTION);
	strv_pushf(argv, "%ld", (long)getpid());
	strv_push(argv, input != NULL ? input : "");
}

static int
bind_to_parent(struct error *e)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 :
	    error_system(e, "cannot bind a process to its parent");
}

#else

void
child_argv(struct strv *argv, const char *input)
{
	if (input == NULL)
		return;
	strv_push(argv, "sh");
	strv_push(argv, "-c");
	strv_push(argv, "exec \"$@\" <\"$0\"");
	strv_push(argv, input);
}

static int
bind_to_parent(struct error *e)
{
	return error_set(e, "cannot bind a process to its parent");
}

#endif

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
	if (bind_to_parent(e) == -1)
		return -1;
	/* It may have gone before that. */
	if (getppid() != (pid_t)strtol(words[0], NULL, 10))
		return error_set(e, "who has started %s has gone", words[2]);
	if (open_input(words[1], e) == -1)
		return -1;
	execvp(words[2], words + 2);
	return error_system(e, "cannot run %s", words[2]);
}
