/* SPDX-License-Identifier: ISC */
/* Fuzz target: the tasks of a swarm service, as docker service ps tells them. */
#include <string.h>

#include "base/error.h"
#include "fanout/task.h"
#include "fuzz.h"

static void
check_task(const struct tasks *t, size_t i)
{
	const struct task *task = &t->v[i];
	size_t name = strlen(task->name), id = strlen(task->id);

	HOLDS(id > 0 && task->node != NULL && task->state != NULL);
	HOLDS(strspn(task->id, "abcdefghijklmnopqrstuvwxyz0123456789") == id);
	HOLDS(name > id && strcmp(task->name + name - id, task->id) == 0);
	for (size_t k = 0; k < i; k++)
		HOLDS(strcmp(t->v[k].id, task->id) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TASKS_AUTO struct tasks t = { 0 };
	ERROR_AUTO struct error e = { 0 };
	size_t once;
	int rc = tasks_parse(&t, (const char *)data, size, &e);

	HOLDS((rc == 0) == (e.text == NULL));
	for (size_t i = 0; i < t.n; i++)
		check_task(&t, i);
	/* Who is there already stays one. */
	once = t.n;
	error_clear(&e);
	HOLDS(tasks_parse(&t, (const char *)data, size, &e) == rc);
	HOLDS(t.n == once);
	return 0;
}
