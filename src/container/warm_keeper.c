/* SPDX-License-Identifier: ISC */
#include "container/warm_keeper.h"

#include <sys/wait.h>

#include <errno.h>
#include <limits.h>

#include "base/error.h"
#include "base/libexec.h"
#include "base/strv.h"
#include "run/spawn.h"

/*
 * The key may hold what others shall not see; an environment, unlike an argv,
 * is for its own user's eyes.
 */
#define KEY_VARIABLE	"DEXEC_WARM_KEY"

static void
make_argv(const struct warm_setup *w, const struct warm_place *place,
    const struct plan *p, bool ready, struct strv *argv)
{
	strv_take(argv, libexec_path("dexec-keeper"));
	strv_push_option(argv, "--docker", p->docker->program);
	strv_push_option(argv, "-H", p->docker->host);
	strv_push_option(argv, "-c", p->docker->context);
	strv_push_option(argv, "-u", p->options->user);
	if (p->options->privileged)
		strv_push(argv, "--privileged");
	strv_push(argv, "--idle");
	strv_pushf(argv, "%d", w->idle > 0 && w->idle < INT_MAX ?
	    (int)w->idle : INT_MAX);
	strv_push_option(argv, "--ready", ready ? "1" : NULL);
	strv_push(argv, "--");
	strv_push(argv, place->socket);
	strv_push(argv, "-");
	strv_push(argv, p->target);
}

int
warm_keeper_start(const struct warm_setup *w, const struct warm_place *place,
    const struct plan *p, int ready, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	STRV_AUTO struct strv env = { 0 };
	struct spawn s = { .own_group = true,
	    .fd = { SPAWN_NULL, ready != -1 ? ready : SPAWN_NULL,
		SPAWN_NULL } };
	int status = 0;
	pid_t pid;

	make_argv(w, place, p, ready != -1, &argv);
	say_command(w->say, strv_argv(&argv));
	s.argv = strv_argv(&argv);
	strv_pushf(&env, KEY_VARIABLE "=%s", place->key);
	s.env = strv_argv(&env);
	pid = spawn_start(&s, e);
	if (pid == -1)
		return -1;
	/* It forks, and is gone at once. */
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	if (status == 0)
		return 0;
	return error_set(e, "the keeper of warm connections has failed");
}
