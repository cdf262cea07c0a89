/* SPDX-License-Identifier: ISC */
#include "dockerutils/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dockerutils/project.h"

int
slot_value(const struct slots *s, const char *key, struct value *value,
    struct error *e)
{
	MEM_AUTO char *docked = mem_printf("%s_docked", key);

	if (s->docked) {
		if (project_value(s->project, s->image, docked, value,
		    e) == -1)
			return -1;
		if (value->text != NULL)
			return 0;
	}
	return project_value(s->project, s->image, key, value, e);
}

int
slot_words(const struct slots *s, const char *key, struct strv *argv,
    struct error *e)
{
	VALUE_AUTO struct value value = { 0 };
	struct replacing r = { s->project->variables, BRACES_LITERAL, false };

	if (strcmp(key, "volumes") == 0)
		r.braces = BRACES_STRICT;
	/* For the shell in the container, perhaps. */
	if (strcmp(key, "cmd") == 0)
		r.lenient = true;
	if (slot_value(s, key, &value, e) == -1)
		return -1;
	if (value.text != NULL && words_add(argv, value.text, &r, e) == -1)
		return project_blame(s->project, &value, e);
	return 0;
}

bool
slots_docked(void)
{
	const char *ip = getenv("DOCKER_IP");

	return ip != NULL && *ip != '\0';
}
