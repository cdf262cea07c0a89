/* SPDX-License-Identifier: ISC */
#include "dockerdo/unmount.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "dockerdo/command.h"
#include "dockerdo/mount_state.h"
#include "dockerdo/step.h"
#include "run/ask.h"

#define PATIENCE	20000	/* ms */
#define MOST_USERS	5	/* that are named */

/* PROGRAM -u POINT: 1 done, 0 not, with *WHY; -1: there is no such program. */
static int
ask_fusermount(struct call *call, const char *program, const char *point,
    bool lazy, char **why)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct question q = { 0 };
	int done;

	strv_push(&q.argv, program);
	strv_push(&q.argv, lazy ? "-uz" : "-u");
	strv_push(&q.argv, "--");
	strv_push(&q.argv, point);
	step_show(call, strv_argv(&q.argv));
	if (call->choices.dry_run) {
		question_clear(&q);
		return 1;
	}
	if (ask(&q, 1, PATIENCE, &nobody, &e) == -1 || q.failed != NULL) {
		question_clear(&q);
		return -1;
	}
	done = question_answered(&q);
	if (!done)
		*why = question_complaint(&q);
	question_clear(&q);
	return done;
}

/* Whichever of its names it has here. */
static int
fusermount(struct call *call, const char *point, bool lazy, char **why)
{
	int done = ask_fusermount(call, "fusermount3", point, lazy, why);

	if (done == -1)
		done = ask_fusermount(call, "fusermount", point, lazy, why);
	return done;
}

static char *
list_users(const char *point)
{
	STRV_AUTO struct strv users = { 0 };
	BUF_AUTO struct buf text = { 0 };
	MEM_AUTO char *plain = NULL;

	mount_users(point, &users);
	for (size_t i = 0; i < users.n && i < MOST_USERS; i++)
		buf_addf(&text, "%s%s", i > 0 ? ", " : "", users.v[i]);
	if (users.n > MOST_USERS)
		buf_add_text(&text, ", ...");
	plain = buf_steal(&text);
	return text_printable(plain, 0);
}

int
unmount(struct call *call, const char *point, bool lazy, struct error *e)
{
	enum mount_state state;
	MEM_AUTO char *why = NULL;
	MEM_AUTO char *users = NULL;
	int done;

	if (mount_look(point, &state, e) == -1)
		return -1;
	if (state == MOUNT_NONE)
		return 0;
	done = fusermount(call, point, lazy || state == MOUNT_DEAD, &why);
	if (done == 1)
		return 0;
	/* Its sshfs may have ended meanwhile, and have taken it away. */
	if (mount_look(point, &state, e) == -1)
		return -1;
	if (state == MOUNT_NONE)
		return 0;
	if (done == -1)
		return error_set(e, "cannot unmount %s: there is neither "
		    "fusermount3 nor fusermount", point);
	users = list_users(point);
	return *users != '\0' ?
	    error_set(e, "cannot unmount %s, which is in use by %s; --lazy "
	    "does it all the same", point, users) :
	    error_set(e, "cannot unmount %s: %s", point, why);
}
