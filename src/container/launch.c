/* SPDX-License-Identifier: ISC */
#include "container/launch.h"

#include <string.h>

#include "base/mem.h"
#include "container/plan.h"

#define OCI_PREFIX	"OCI runtime exec failed: "
#define USER_PREFIX	"unable to find user "
#define GROUP_PREFIX	"unable to find group "
#define EXEC_PREFIX	"exec "
#define DAEMON_PREFIX	"Error response from daemon: "

static const char *const stdout_starts[] = {
	OCI_PREFIX,
	USER_PREFIX,
	GROUP_PREFIX,
	NULL
};

/* The words for one that ended just then; ID: its number. */
#define ID "@"
static const char *const dying_starts[] = {
	"cannot exec in a ",
	"task " ID " not found",
	"container " ID " not found",
	"No such exec instance: " ID,
	NULL
};

static const char *const stderr_starts[] = {
	DAEMON_PREFIX,
	"exec /",
	"Error: No such container",
	"Error: invalid ",
	"Cannot connect to the Docker daemon",
	"cannot connect to the Docker daemon",
	"error during connect: ",
	"unable to upgrade to ",
	"failed to connect to the docker API",
	"permission denied while trying to connect",
	"Got permission denied while trying to connect",
	"unable to resolve docker endpoint",
	"unable to parse docker host",
	"Failed to initialize: ",
	"Current context \"",
	"invalid env file (",
	"invalid container name or ID",
	"invalid argument \"",
	"json: cannot unmarshal ",
	"the input device is not a TTY",
	"cannot attach stdin to a TTY-enabled container",
	NULL
};

#define ID_LENGTH	64

static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/*
 * The bytes begin with START, or may do so when there are more of them.  ID in
 * START is any number of an object's.
 */
static bool
agrees(const char *start, const char *bytes, size_t len)
{
	const char *end = bytes + len;
	size_t digits;

	for (; *start != '\0' && bytes < end; start++) {
		if (*start != ID[0]) {
			if (*start != *bytes++)
				return false;
			continue;
		}
		for (digits = 0; digits < ID_LENGTH && bytes < end; digits++)
			if (memchr("0123456789abcdef", *bytes++, 16) == NULL)
				return false;
	}
	return true;
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

bool
launch_is_line(const char *bytes, size_t len)
{
	return len > 2 && len <= LAUNCH_LIMIT && bytes[len - 2] == '\r' &&
	    memchr(bytes, '\n', len) == bytes + len - 1;
}

bool
launch_may_be_stdout(const char *bytes, size_t len)
{
	if (memchr(bytes, '\n', len) != NULL && !launch_is_line(bytes, len))
		return false;
	return may_be(stdout_starts, bytes, len) ||
	    may_be(dying_starts, bytes, len);
}

/* One line, as far as it has come, on a file of ours: --env-file. */
static bool
may_be_missing_file(const char *bytes, size_t len)
{
	static const char *const start[] = { "open ", NULL };
	const char *end = memchr(bytes, '\n', len);

	return may_be(start, bytes, len) &&
	    (end == NULL || end == bytes + len - 1);
}

bool
launch_may_be_stderr(const char *bytes, size_t len)
{
	return may_be(stderr_starts, bytes, len) ||
	    may_be_missing_file(bytes, len);
}

/* A whole line of containerd's on a container that has ended. */
static bool
is_dying(const char *text)
{
	size_t len = strlen(text);

	return launch_is_line(text, len) && may_be(dying_starts, text, len);
}

/*
 * What stands in TEXT behind LABEL and NAME in Go's quotes; NULL when they do
 * not.  A name that Go would escape is compared up to its first such byte.
 */
static const char *
behind_name(const char *text, const char *label, const char *name)
{
	const char *at = strstr(text, label);
	size_t plain;

	if (at == NULL)
		return NULL;
	at += strlen(label);
	for (plain = 0; name[plain] != '\0'; plain++)
		if (name[plain] < ' ' || name[plain] > '~' ||
		    name[plain] == '"' || name[plain] == '\\')
			break;
	if (strncmp(at, name, plain) != 0)
		return NULL;
	at += plain;
	if (name[plain] == '\0')
		return *at == '"' ? at + 1 : NULL;
	return *at == '\\' || (unsigned char)*at >= 0x80 ?
	    strrchr(at, '"') : NULL;
}

/* TEXT goes on with the LEN bytes of NAME and a colon. */
static bool
goes_on_with(const char *text, const char *name, size_t len)
{
	return len > 0 && strncmp(text, name, len) == 0 && text[len] == ':';
}

/* "unable to find user U: ...", and the same of groups, for USER[:GROUP]. */
static bool
names_user(const char *text, const char *user)
{
	const char *group = user != NULL ? strchr(user, ':') : NULL;

	if (user == NULL)
		return false;
	if (begins(text, USER_PREFIX))
		return goes_on_with(text + strlen(USER_PREFIX), user,
		    strcspn(user, ":"));
	if (group == NULL ||
	    !begins(text, GROUP_PREFIX))
		return false;
	return goes_on_with(text + strlen(GROUP_PREFIX), group + 1,
	    strlen(group + 1));
}

static bool
has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* The runtime's message behind OCI_PREFIX. */
static enum launch
classify_runtime(const struct plan *p, const char *text)
{
	const char *workdir = p->options->workdir;
	const char *cause;

	if (has(text, "exec: \"")) {
		cause = behind_name(text, "exec: \"", p->command[0]);
		if (cause == NULL)
			return LAUNCH_NONE;
		return has(cause, "executable file not found") ||
		    has(cause, "no such file or directory") ?
		    LAUNCH_NOT_FOUND : LAUNCH_NOT_INVOKED;
	}
	if (has(text, "chdir to cwd") && workdir != NULL &&
	    behind_name(text, "chdir to cwd (\"", workdir) == NULL)
		return LAUNCH_NONE;
	/* Another failure of the runtime, which names nothing of ours. */
	return LAUNCH_NOT_INVOKED;
}

enum launch
launch_classify(const struct plan *p, const char *text)
{
	if (begins(text, DAEMON_PREFIX))
		text += strlen(DAEMON_PREFIX);
	if (names_user(text, p->options->user))
		return LAUNCH_NOT_INVOKED;
	if (is_dying(text))
		return LAUNCH_NOT_INVOKED;
	if (!begins(text, OCI_PREFIX))
		return LAUNCH_NONE;
	return classify_runtime(p, text + strlen(OCI_PREFIX));
}

bool
launch_is_vague(const char *text)
{
	if (is_dying(text))
		return true;
	return begins(text, OCI_PREFIX) &&
	    !has(text, "exec: \"") && !has(text, "chdir to cwd");
}

/*
 * "exec PATH: CAUSE", and nothing else: what the runtime's last step prints
 * where the file is there, but the kernel cannot run it.
 */
enum launch
launch_classify_exec(const struct plan *p, const char *text)
{
	const char *name = p->command[0], *path = text + strlen(EXEC_PREFIX);
	const char *cause = strstr(text, ": ");
	size_t length = strlen(name);

	if (!begins(text, EXEC_PREFIX) ||
	    cause == NULL || cause < path + length ||
	    strncmp(cause - length, name, length) != 0 ||
	    (cause - length != path && cause[-(ptrdiff_t)length - 1] != '/'))
		return LAUNCH_NONE;
	if (strcmp(cause, ": no such file or directory\n") == 0)
		return LAUNCH_NOT_FOUND;
	return strcmp(cause, ": exec format error\n") == 0 ?
	    LAUNCH_NOT_INVOKED : LAUNCH_NONE;
}

bool
launch_is_about_state(const char *text)
{
	if (begins(text, OCI_PREFIX) || begins(text, "cannot exec in a "))
		return has(text, "cannot exec in a stopped state") ||
		    has(text, "cannot exec in a deleted state");
	return begins(text, "Error: No such container: ") ||
	    begins(text, DAEMON_PREFIX "No such container: ") ||
	    (begins(text, DAEMON_PREFIX) && (has(text, " is not running") ||
	    has(text, " is restarting, ")));
}

bool
launch_is_paused(const struct plan *plan, const char *text)
{
	MEM_AUTO char *words = mem_printf(DAEMON_PREFIX "Container %s is "
	    "paused, unpause the container before exec\n", plan->target);

	return strcmp(text, words) == 0;
}

bool
launch_is_engines(const char *text)
{
	return begins(text, "unable to upgrade to tcp, received 5") ||
	    begins(text, DAEMON_PREFIX "No such exec instance: ");
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
		if (begins(text, layers[i]))
			text += strlen(layers[i]);
	len = strcspn(text, "\r\n");
	if (len > strlen(tail) &&
	    memcmp(text + len - strlen(tail), tail, strlen(tail)) == 0)
		len -= strlen(tail);
	return mem_printf("%.*s", (int)len, text);
}
