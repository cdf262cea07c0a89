/* SPDX-License-Identifier: ISC */
#include "agent/launch.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/environment.h"
#include "agent/lookup.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(at, n)	((void)(at))
#endif

#define STACK		(64 * 1024)

/* What parent and child share, on the parent's stack. */
struct birth {
	const struct launch *launch;
	char **env;
	const char *path;
	pid_t agent;
	int error;			/* why nothing was executed */
};

/* Signals as docker exec leaves them: what we ignore or block, it does not. */
static void
reset_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigaction(SIGPIPE, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The command ends with an agent that is killed, unless nobody waits for it. */
static int
tie_to_agent(const struct birth *b)
{
	if (b->launch->start->flags & START_DETACH)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return errno;
	return getppid() == b->agent ? 0 : ECANCELED;
}

static int
enter_directory(const struct launch *l)
{
	const char *directory = l->start->directory;

	if (*directory == '\0')
		directory = l->own_directory;
	if (*directory != '\0' && chdir(directory) == -1)
		return EOPNOTSUPP;
	return 0;
}

static int
take_descriptors(const struct launch *l)
{
	for (int i = 0; i < 3; i++)
		if (dup2(l->fds[i], i) == -1)
			return errno;
	if ((l->start->flags & START_TTY) && ioctl(0, TIOCSCTTY, 0) == -1)
		return errno;
	return 0;
}

static int
become(struct birth *b)
{
	char file[PATH_MAX];
	int error;

	reset_signals();
	setsid();
	if ((error = tie_to_agent(b)) != 0 ||
	    (error = enter_directory(b->launch)) != 0 ||
	    (error = take_descriptors(b->launch)) != 0 ||
	    (error = lookup_program(b->launch->start->argv[0], b->path, file,
	    sizeof(file))) != 0)
		return error;
	execve(file, b->launch->start->argv, b->env);
	return errno;
}

static int
child(void *arg)
{
	struct birth *b = arg;

	b->error = become(b);
	_exit(127);
}

static void *
make_stack(void)
{
	void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	return stack != MAP_FAILED ? stack : NULL;
}

int
launch_command(struct launch *l)
{
	struct birth b = { .launch = l, .agent = getpid() };
	sigset_t all, before;
	char *stack;
	int error = ENOMEM;

	b.env = environment_make(l->own_env, l->start);
	if (b.env == NULL)
		return ENOMEM;
	b.path = environment_get(b.env, "PATH");
	stack = make_stack();
	if (stack != NULL) {
		/* No signal meets a process that shares our memory. */
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, &before);
		l->pid = clone(child, stack + STACK,
		    CLONE_VM | CLONE_VFORK | SIGCHLD, &b);
		error = l->pid == -1 ? errno : b.error;
		sigprocmask(SIG_SETMASK, &before, NULL);
		/* The child left its functions by exec, not by return. */
		ASAN_UNPOISON_MEMORY_REGION(stack, STACK);
		munmap(stack, STACK);
	}
	free(b.env);
	return error;
}
