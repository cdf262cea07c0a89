/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: what docker says.  The input is the name of the command, user
 * and directory, up to the first newline, and the message behind it.
 */
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "container/launch.h"
#include "container/plan.h"
#include "fuzz.h"

static void
check_clean(const char *message)
{
	MEM_AUTO char *clean = launch_clean(message);

	HOLDS(strlen(clean) <= strlen(message));
	HOLDS(strpbrk(clean, "\r\n") == NULL);
	HOLDS(strstr(message, clean) != NULL);
}

/* Once the beginning is not docker's, no more bytes make it so. */
static void
check_holding(const char *message, size_t len)
{
	bool out = true, err = true;

	for (size_t n = 1; n <= len && n <= 300; n++) {
		HOLDS(out || !launch_may_be_stdout(message, n));
		HOLDS(err || !launch_may_be_stderr(message, n));
		out = launch_may_be_stdout(message, n);
		err = launch_may_be_stderr(message, n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { 0 };
	MEM_AUTO char *name = NULL;
	struct docker docker = { .program = "docker" };
	struct exec_options options = { 0 };
	struct plan plan = { .docker = &docker, .options = &options,
	    .target = "c" };
	char *message;

	buf_add(&b, data, size);
	name = buf_steal(&b);
	message = strchr(name, '\n');
	if (message == NULL)
		return 0;
	*message++ = '\0';
	plan.command = (char *[]){ name, NULL };
	HOLDS(launch_classify(&plan, message) <= LAUNCH_NOT_INVOKED);
	options.user = options.workdir = name;
	HOLDS(launch_classify(&plan, message) <= LAUNCH_NOT_INVOKED);
	HOLDS(launch_classify_exec(&plan, message) <= LAUNCH_NOT_INVOKED);
	HOLDS(!launch_is_vague(message) || *message != '\0');
	check_clean(message);
	check_holding(message, strlen(message));
	return 0;
}
