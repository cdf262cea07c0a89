/* SPDX-License-Identifier: ISC */
#include "dockerdo/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/plan.h"
#include "dockerdo/session.h"
#include "dockerdo/variable.h"

static char *
name_of(const char *word)
{
	return mem_printf("%.*s", (int)strcspn(word, "="), word);
}

void
environment_show(const struct session *s, struct exec_options *options)
{
	for (size_t i = 0; i < s->env.n; i++)
		strv_take(&options->env, name_of(s->env.v[i]));
}

/* A line more in the file, which is made for the first. */
static int
add_line(const char *word, struct exec_options *options, int *fd,
    struct error *e)
{
	MEM_AUTO char *line = mem_printf("%s\n", word);

	if (*fd == -1) {
		*fd = file_temporary();
		/* It has no name, but who runs as we do can open it here. */
		strv_pushf(&options->env_file, "/proc/%ld/fd/%d",
		    (long)getpid(), *fd);
	}
	if (*fd == -1 || file_write(*fd, line, strlen(line)) == -1)
		return error_system(e, "cannot write a temporary file");
	return 0;
}

int
environment_give(const struct session *s, struct exec_options *options,
    int *fd, struct error *e)
{
	*fd = -1;
	for (size_t i = 0; i < s->env.n; i++) {
		const char *word = s->env.v[i];
		MEM_AUTO char *name = name_of(word);

		if (variable_is_dockers(word)) {
			if (add_line(word, options, fd, e) == -1)
				return -1;
			continue;
		}
		if (setenv(name, word + strlen(name) + 1, 1) == -1)
			return error_system(e, "cannot set %s", name);
		strv_push(&options->env, name);
	}
	return 0;
}
