/* SPDX-License-Identifier: ISC */
#include "keeper/request.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"

#define IDLE_MS		600000

static const struct option_row rows[] = {
	{ .name = "docker", .kind = OPTION_TEXT, .value = "PROGRAM",
	    .offset = offsetof(struct request, docker.program),
	    .help = "the docker program" },
	{ 'H', "host", OPTION_TEXT, .value = "HOST",
	    .offset = offsetof(struct request, docker.host),
	    .help = "the engine to connect to" },
	{ 'c', "context", OPTION_TEXT, .value = "CONTEXT",
	    .offset = offsetof(struct request, docker.context),
	    .help = "the docker context to use" },
	{ 'u', "user", OPTION_TEXT, .value = "USER",
	    .offset = offsetof(struct request, user),
	    .help = "run commands as this user" },
	{ .name = "privileged", .kind = OPTION_BOOL,
	    .offset = offsetof(struct request, privileged),
	    .help = "give commands extended privileges" },
	{ .name = "idle", .kind = OPTION_NUMBER, .value = "MS", .least = 1,
	    .offset = offsetof(struct request, idle),
	    .help = "end after so long without a command" },
	{ .name = "ready", .kind = OPTION_NUMBER, .value = "FD",
	    .least = 1,
	    .offset = offsetof(struct request, ready),
	    .help = "where to say that it serves, or why not" },
	{ .name = NULL },
};

int
request_parse(struct request *r, char *const *argv, struct error *e)
{
	struct option_set sets[] = { { rows, r, NULL }, { NULL, NULL, NULL } };
	int n;

	memset(r, 0, sizeof(*r));
	r->docker.program = "docker";
	r->idle = IDLE_MS;
	r->ready = -1;
	n = options_parse(sets, argv, e);
	if (n == -1)
		return -1;
	for (int i = 0; i < 3; i++)
		if (argv[n + i] == NULL)
			return error_usage(e, "SOCKET, KEY and TARGET are needed");
	if (argv[n + 3] != NULL)
		return error_usage(e, "too many words");
	r->socket = argv[n];
	r->key = argv[n + 1];
	r->target = argv[n + 2];
	if (r->socket[0] != '/')
		return error_usage(e, "the socket's path is not absolute");
	if (r->target[0] == '\0')
		return error_usage(e, "no container");
	return 0;
}
