/* SPDX-License-Identifier: ISC */
#include "dockerutils/ignore.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"

#define LARGEST_FILE	(1024 * 1024)
#define BLANKS		" \t\r"

/* PATTERN without blanks, "./" and "/" around it; cut in place. */
static char *
clean(char *pattern)
{
	size_t n;

	pattern += strspn(pattern, BLANKS);
	while (*pattern == '/' || strncmp(pattern, "./", 2) == 0)
		pattern += *pattern == '/' ? 1 : 2;
	n = strlen(pattern);
	while (n > 0 && strchr(BLANKS "/", pattern[n - 1]) != NULL)
		pattern[--n] = '\0';
	return pattern;
}

/*
 * Where PATTERN stands for rsync: from the root, or anywhere behind a leading
 * double star.
 */
static const char *
anchored(const char *pattern, const char **anchor)
{
	*anchor = "/";
	if (strncmp(pattern, "**/", 3) != 0)
		return pattern;
	*anchor = "";
	return pattern + 3;
}

/* What is excluded is so with all that is in it. */
static void
exclude(struct strv *filters, const char *pattern)
{
	const char *anchor;

	pattern = anchored(pattern, &anchor);
	strv_pushf(filters, "--filter=- %s%s", anchor, pattern);
	strv_pushf(filters, "--filter=- %s%s/**", anchor, pattern);
}

/* An exception; rsync must go into the directories that lead there. */
static void
include(struct strv *filters, const char *pattern)
{
	const char *anchor, *slash;

	pattern = anchored(pattern, &anchor);
	strv_pushf(filters, "--filter=+ %s%s", anchor, pattern);
	strv_pushf(filters, "--filter=+ %s%s/**", anchor, pattern);
	for (slash = strchr(pattern, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/'))
		strv_pushf(filters, "--filter=+ %s%.*s/", anchor,
		    (int)(slash - pattern), pattern);
}

void
ignore_filters(struct strv *filters, const char *text)
{
	MEM_AUTO char *copy = mem_dup(text);
	struct strv patterns = { 0 };
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '#')
			strv_push(&patterns, line + strspn(line, BLANKS));
	/* For rsync the first that fits counts. */
	for (size_t i = patterns.n; i-- > 0;) {
		char *pattern = patterns.v[i];
		bool exception = *pattern == '!';

		pattern = clean(pattern + exception);
		if (*pattern == '\0' || strcmp(pattern, ".") == 0)
			continue;
		if (exception)
			include(filters, pattern);
		else
			exclude(filters, pattern);
	}
	strv_clear(&patterns);
}

int
ignore_read(struct strv *filters, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };

	if (file_read(".dockerignore", LARGEST_FILE, &text) == 0)
		ignore_filters(filters, buf_text(&text));
	else if (errno != ENOENT)
		return error_system(e, "cannot read .dockerignore");
	return 0;
}
