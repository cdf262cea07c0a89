/* SPDX-License-Identifier: ISC */
#include "sftp/links.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char *
skip_slashes(const char *at)
{
	return at + strspn(at, "/");
}

/* How many directories LINK is below the root. */
static size_t
depth_of(const char *link)
{
	const char *at = skip_slashes(link);
	size_t names = 0;

	for (; *at != '\0'; at = skip_slashes(at + strcspn(at, "/")))
		names++;
	return names > 0 ? names - 1 : 0;
}

static bool
is(const char *name, size_t n, const char *what)
{
	return n == strlen(what) && memcmp(name, what, n) == 0;
}

/* Names behind each other, and how often to go up before. */
struct way {
	char *path;		/* PATH_MAX bytes */
	size_t used, ups, depth;
};

static int
add(struct way *w, const char *name, size_t n)
{
	bool first = w->used == 0;

	if (w->used + n + 2 > PATH_MAX)
		return ENAMETOOLONG;
	if (!first)
		w->path[w->used++] = '/';
	memcpy(w->path + w->used, name, n);
	w->used += n;
	return 0;
}

static void
go_up(struct way *w)
{
	if (w->used == 0 && w->ups < w->depth)
		w->ups++;
	while (w->used > 0 && w->path[--w->used] != '/')
		continue;
}

static int
add_all(struct way *w, const char *target)
{
	const char *at = skip_slashes(target);
	int error = 0;
	size_t n;

	for (; error == 0 && *at != '\0'; at = skip_slashes(at + n)) {
		n = strcspn(at, "/");
		if (is(at, n, ".."))
			go_up(w);
		else if (!is(at, n, "."))
			error = add(w, at, n);
	}
	return error;
}

int
links_contain(const char *link, const char *target, char path[PATH_MAX])
{
	static const char up[] = "../";
	size_t depth = depth_of(link), length;
	struct way w = { .path = path, .depth = depth,
	    .ups = *target == '/' ? depth : 0 };
	int error = add_all(&w, target);

	if (error == 0 && w.used == 0 && w.ups == 0)
		error = add(&w, ".", 1);
	length = w.ups * strlen(up);
	if (error != 0 || length + w.used + 1 > PATH_MAX)
		return ENAMETOOLONG;
	memmove(path + length, path, w.used);
	for (size_t i = 0; i < w.ups; i++)
		memcpy(path + i * strlen(up), up, strlen(up));
	length += w.used;
	if (w.used == 0)
		length--;	/* a slash with nothing behind it */
	path[length] = '\0';
	return 0;
}
