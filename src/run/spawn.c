/* SPDX-License-Identifier: ISC */
#include "run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

static int
add_descriptors(posix_spawn_file_actions_t *actions, const int fd[3])
{
	int rc = 0;

	for (int i = 0; i < 3 && rc == 0; i++) {
		if (fd[i] == SPAWN_NULL)
			rc = posix_spawn_file_actions_addopen(actions, i,
			    "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0);
		else
			rc = posix_spawn_file_actions_adddup2(actions, fd[i],
			    i);
	}
	return rc;
}

static int
set_attributes(posix_spawnattr_t *attr, const struct spawn *s)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t ours, none;
	int rc;

	/* What we ignore ourselves; caught signals are reset by exec(2). */
	sigemptyset(&ours);
	sigaddset(&ours, SIGPIPE);
	sigaddset(&ours, SIGTTIN);
	sigemptyset(&none);
	if (s->own_session)
		flags |= POSIX_SPAWN_SETSID;
	else if (s->own_group)
		flags |= POSIX_SPAWN_SETPGROUP;
	rc = posix_spawnattr_setsigdefault(attr, &ours);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setpgroup(attr, 0);
	return rc != 0 ? rc : posix_spawnattr_setflags(attr, flags);
}

/* environ with EXTRA behind it; the words are borrowed, the array is not. */
static char **
environment(char *const *extra)
{
	extern char **environ;
	size_t n = 0, more = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	while (extra != NULL && extra[more] != NULL)
		more++;
	env = mem_grow(NULL, n + more + 1, sizeof(*env));
	memcpy(env, environ, n * sizeof(*env));
	for (size_t i = 0; i < more; i++)
		env[n + i] = extra[i];
	env[n + more] = NULL;
	return env;
}

static pid_t
start(const struct spawn *s, posix_spawn_file_actions_t *actions,
    posix_spawnattr_t *attr)
{
	char **env = environment(s->env);
	pid_t pid = -1;
	int rc;

	rc = add_descriptors(actions, s->fd);
	if (rc == 0)
		rc = set_attributes(attr, s);
	if (rc == 0)
		rc = posix_spawnp(&pid, s->argv[0], actions, attr, s->argv,
		    env);
	free(env);
	errno = rc;
	return rc == 0 ? pid : -1;
}

pid_t
spawn_start(const struct spawn *s, struct error *e)
{
	MEM_AUTO char *shown = text_printable(s->argv[0], 200);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	bool too_long;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	pid = start(s, &actions, &attr);
	if (pid == -1) {
		too_long = errno == E2BIG;
		error_system(e, "cannot run %s", shown);
		if (too_long)
			e->status = STATUS_NOT_INVOKED;
	}
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}
