/* SPDX-License-Identifier: ISC */
#include "dockerdo/variable.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"

/* Linux: MAX_ARG_STRLEN, with the NUL; of one word of an environment. */
#define LONGEST		(128 * 1024 - 1)

/* ... and of a line in a file of variables for docker. */
#define LONGEST_LINE	(60 * 1024)

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool
variable_name_is_good(const char *name, int length)
{
	if (length <= 0 || !is_letter(name[0]))
		return false;
	for (int i = 1; i < length; i++)
		if (!is_letter(name[i]) && (name[i] < '0' || name[i] > '9'))
			return false;
	return true;
}

/* What docker, Go, the dynamic linker, ssh and our own programs look at. */
bool
variable_is_dockers(const char *word)
{
	static const char *const names[] = { "PATH", "HOME", "USER",
	    "LOGNAME", "SHELL", "TERM", "TMPDIR", "TZ", "LANG", "LANGUAGE",
	    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "ZONEINFO",
	    NULL };
	static const char *const prefixes[] = { "DOCKER", "DEXEC_", "GO",
	    "LD_", "LC_", "SSH_", "SSL_", "XDG_", "MALLOC_", "GLIBC_",
	    "BUILDKIT_", "BUILDX_", "COMPOSE_", "OTEL_", "GRPC_", "CONTAINER",
	    "NERDCTL_", "GIT_", NULL };
	size_t length = strcspn(word, "=");

	for (size_t i = 0; names[i] != NULL; i++)
		if (strlen(names[i]) == length &&
		    strncasecmp(word, names[i], length) == 0)
			return true;
	for (size_t i = 0; prefixes[i] != NULL; i++)
		if (strncmp(word, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

int
variable_check(const char *word, struct error *e)
{
	int length = (int)strcspn(word, "=");

	if (!variable_name_is_good(word, length))
		return error_set(e, "a variable's name is letters, digits "
		    "and _, with no digit first");
	if (strlen(word) > LONGEST)
		return error_set(e, "the value of %.*s is too long", length,
		    word);
	/* These go by a file, in which a line is a variable. */
	if (variable_is_dockers(word) &&
	    (strpbrk(word, "\r\n") != NULL || strlen(word) > LONGEST_LINE))
		return error_set(e, "the value of %.*s must be one line of "
		    "at most %d bytes", length, word, LONGEST_LINE);
	return 0;
}
