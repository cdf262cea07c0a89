/* SPDX-License-Identifier: ISC */
/*
 * The tasks of a swarm service as a manager knows them, by one docker service
 * ps: those that shall run, whether they do or not.
 */
#ifndef FANOUT_TASK_H
#define FANOUT_TASK_H

#include <stddef.h>

struct docker;
struct error;
struct strv;

/* Texts are raw. */
struct task {
	char *id;
	char *name;		/* its container's: "web.1.ID" */
	char *node;		/* "": it is on none yet */
	char *state;		/* docker's words, "Running 2 hours ago" */
};

struct tasks {
	struct task *v;
	size_t n, room;
};

/* Append the argv that asks for SERVICE's tasks. */
void tasks_argv(const struct docker *, const char *service,
    struct strv *argv);

/*
 * Append what that has printed, LEN bytes of TEXT; a task that is there already
 * stays one.  A line that is not as it was asked for is an error; the tasks
 * before it stay.
 */
int tasks_parse(struct tasks *, const char *text, size_t len,
    struct error *);

void tasks_clear(struct tasks *);

#define TASKS_AUTO __attribute__((cleanup(tasks_clear)))

#endif
