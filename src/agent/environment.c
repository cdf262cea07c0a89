/* SPDX-License-Identifier: ISC */
#include "agent/environment.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES	1024		/* of /etc/passwd */
#define HOME_ROOM	(LINE_MAX_BYTES + sizeof("HOME="))
#define MARK		"DEXEC_ID="

static size_t
count(char *const *v)
{
	size_t n = 0;

	while (v != NULL && v[n] != NULL)
		n++;
	return n;
}

/* WORD, which is NAME or begins with NAME=, is about NAME of LEN bytes. */
static bool
is_about(const char *word, const char *name, size_t len)
{
	return strncmp(word, name, len) == 0 &&
	    (word[len] == '=' || word[len] == '\0');
}

static char **
find(char **env, const char *name, size_t len)
{
	while (*env != NULL && !is_about(*env, name, len))
		env++;
	return env;
}

/* There is room for another one in ENV. */
static void
set(char **env, char *word)
{
	char **at = find(env, word, strcspn(word, "="));

	if (*at == NULL)
		at[1] = NULL;
	*at = word;
}

static void
unset(char **env, const char *name)
{
	char **at = find(env, name, strlen(name));

	for (; *at != NULL; at++)
		at[0] = at[1];
}

const char *
environment_get(char *const *env, const char *name)
{
	size_t len = strlen(name);

	for (; *env != NULL; env++)
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	return NULL;
}

/* The field AT of a line of /etc/passwd, which is moved behind it. */
static char *
take_field(char **at)
{
	return *at != NULL ? strsep(at, ":\n") : NULL;
}

/* The home of our user, into HOME as a word for an environment. */
static void
look_up_home(char *home)
{
	FILE *f = fopen("/etc/passwd", "re");
	char line[LINE_MAX_BYTES];
	char *at, *uid, *directory;

	memcpy(home, "HOME=/", sizeof("HOME=/"));
	if (f == NULL)
		return;
	while ((at = fgets(line, sizeof(line), f)) != NULL) {
		take_field(&at);
		take_field(&at);
		uid = take_field(&at);
		take_field(&at);
		take_field(&at);
		directory = take_field(&at);
		if (directory == NULL || *uid == '\0' ||
		    strtoul(uid, NULL, 10) != getuid())
			continue;
		if (*directory != '\0')
			snprintf(home, HOME_ROOM, "HOME=%s", directory);
		break;
	}
	fclose(f);
}

char **
environment_make(char *const *own, const struct start *s)
{
	size_t n_own = count(own), n = n_own + count(s->env) + 4;
	size_t mark_len = sizeof(MARK) + strlen(s->cookie);
	char **env = malloc(n * sizeof(char *) + HOME_ROOM + mark_len);
	char *home, *mark;
	const char *value;

	if (env == NULL)
		return NULL;
	home = (char *)(env + n);
	mark = home + HOME_ROOM;
	memcpy(env, own, (n_own + 1) * sizeof(char *));
	if ((s->flags & START_TTY) && environment_get(env, "TERM") == NULL)
		set(env, (char *)(uintptr_t)"TERM=xterm");
	for (char *const *word = s->env; *word != NULL; word++) {
		if (strchr(*word, '=') != NULL)
			set(env, *word);
		else
			unset(env, *word);
	}
	if (*s->cookie != '\0') {
		memcpy(mark, MARK, sizeof(MARK));
		memcpy(mark + sizeof(MARK) - 1, s->cookie,
		    mark_len - sizeof(MARK) + 1);
		set(env, mark);
	}
	value = environment_get(env, "HOME");
	if (value == NULL || *value == '\0') {
		look_up_home(home);
		set(env, home);
	}
	return env;
}
