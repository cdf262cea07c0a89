/* SPDX-License-Identifier: ISC */
#include "container/launch.h"

#include <string.h>

#include "base/mem.h"
#include "container/plan.h"

#define OCI_PREFIX	"OCI runtime exec failed: "
#define USER_PREFIX	"unable to find user "
#define DAEMON_PREFIX	"Error response from daemon: "

static const char *const stdout_starts[] = {
	OCI_PREFIX,
	USER_PREFIX,
	"unable to find group ",
	"no matching entries in ",
	"container_linux.go:",
	NULL
};

static const char *const stderr_starts[] = {
	DAEMON_PREFIX,
	"Error: No such container",
	"Error: invalid ",
	"Cannot connect to the Docker daemon",
	"error during connect: ",
	"failed to connect to the docker API",
	"permission denied while trying to connect",
	"Got permission denied while trying to connect",
	"unable to resolve docker endpoint",
	"unable to parse docker host",
	"Failed to initialize: ",
	"Current context \"",
	"invalid container name or ID",
	"invalid argument \"",
	"the input device is not a TTY",
	"cannot attach stdin to a TTY-enabled container",
	NULL
};

/* One is the beginning of the other. */
static bool
agrees(const char *start, const char *bytes, size_t len)
{
	size_t n = strlen(start);

	return memcmp(start, bytes, n < len ? n : len) == 0;
}

static bool
may_be(const char *const *starts, const char *bytes, size_t len)
{
	if (len > LAUNCH_LIMIT)
		return false;
	for (; *starts != NULL; starts++)
		if (agrees(*starts, bytes, len))
			return true;
	return false;
}

/* The runtime's message is one line, and ends with CR and LF. */
bool
launch_may_be_stdout(const char *bytes, size_t len)
{
	const char *newline = memchr(bytes, '\n', len);

	if (newline != NULL && (newline != bytes + len - 1 || len < 2 ||
	    bytes[len - 2] != '\r'))
		return false;
	return may_be(stdout_starts, bytes, len);
}

bool
launch_may_be_stderr(const char *bytes, size_t len)
{
	return may_be(stderr_starts, bytes, len);
}

/*
 * TEXT has NAME in Go's quotes behind LABEL.  A name that Go would escape is
 * compared up to its first such byte.
 */
static bool
names(const char *text, const char *label, const char *name)
{
	const char *at = strstr(text, label);
	size_t plain;

	if (at == NULL)
		return false;
	at += strlen(label);
	for (plain = 0; name[plain] != '\0'; plain++)
		if (name[plain] < ' ' || name[plain] > '~' ||
		    name[plain] == '"' || name[plain] == '\\')
			break;
	if (strncmp(at, name, plain) != 0)
		return false;
	return at[plain] == (name[plain] == '\0' ? '"' : '\\') ||
	    (unsigned char)at[plain] >= 0x80;
}

/* The user's part of USER[:GROUP], or what stands behind the colon. */
static bool
names_user(const char *text, const char *user)
{
	size_t len;

	if (user == NULL)
		return false;
	len = strcspn(user, ":");
	return (strncmp(text, user, len) == 0 && text[len] == ':') ||
	    (user[len] == ':' && strncmp(text, user + len + 1,
	    strlen(user + len + 1)) == 0);
}

static bool
has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Causes that say that there is no such program. */
static bool
says_not_found(const char *text)
{
	return has(text, "executable file not found") ||
	    (has(text, "exec: \"") && has(text, "no such file or directory"));
}

enum launch
launch_classify(const struct plan *p, const char *text)
{
	const char *workdir = p->options->workdir;

	if (strncmp(text, DAEMON_PREFIX, strlen(DAEMON_PREFIX)) == 0)
		text += strlen(DAEMON_PREFIX);
	if (strncmp(text, USER_PREFIX, strlen(USER_PREFIX)) == 0)
		return names_user(text + strlen(USER_PREFIX),
		    p->options->user) ? LAUNCH_NOT_INVOKED : LAUNCH_NONE;
	if (p->options->user != NULL && (has(text, "unable to find group ") ||
	    has(text, "no matching entries in ")))
		return LAUNCH_NOT_INVOKED;
	if (strncmp(text, OCI_PREFIX, strlen(OCI_PREFIX)) != 0)
		return LAUNCH_NONE;
	if (names(text, "exec: \"", p->command[0]))
		return says_not_found(text) ? LAUNCH_NOT_FOUND :
		    LAUNCH_NOT_INVOKED;
	if (has(text, "exec: \""))
		return LAUNCH_NONE;
	if (has(text, "chdir to cwd") && workdir != NULL)
		return names(text, "chdir to cwd (\"", workdir) ?
		    LAUNCH_NOT_INVOKED : LAUNCH_NONE;
	/* The runtime failed in a way that names nothing of ours. */
	return LAUNCH_NOT_INVOKED;
}

char *
launch_clean(const char *text)
{
	static const char *const layers[] = { DAEMON_PREFIX, "Error: ",
	    OCI_PREFIX, "exec failed: ",
	    "unable to start container process: ", NULL };
	static const char tail[] = ": unknown";
	size_t len;

	for (size_t i = 0; layers[i] != NULL; i++)
		if (strncmp(text, layers[i], strlen(layers[i])) == 0)
			text += strlen(layers[i]);
	len = strcspn(text, "\r\n");
	if (len > strlen(tail) &&
	    memcmp(text + len - strlen(tail), tail, strlen(tail)) == 0)
		len -= strlen(tail);
	return mem_printf("%.*s", (int)len, text);
}
