/* SPDX-License-Identifier: ISC */
#include "dockerdo/changes.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "dockerdo/session.h"

#define NAME	"modified_files"
#define LARGEST	(1024 * 1024 * 1024)

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* True when PATH was not there. */
static bool
insert(struct changes *c, const char *path)
{
	char *copy = mem_dup(path);
	char **node = tsearch(copy, &c->known, compare);

	if (node == NULL)
		abort();
	if (*node == copy)
		return true;
	free(copy);
	return false;
}

/* The path that LINE has; NULL: none. */
static char *
path_of(const char *line)
{
	json_t *string;
	char *path;

	if (*line == '/')
		return mem_dup(line);
	if (*line != '"')
		return NULL;
	string = json_loads(line, JSON_DECODE_ANY, NULL);
	path = mem_dup(json_string_value(string));
	json_decref(string);
	return path;
}

/* NULL: it cannot be written, being no Unicode. */
static char *
line_of(const char *path)
{
	json_t *string;
	char *text, *line;

	if (strchr(path, '\n') == NULL)
		return mem_printf("%s\n", path);
	string = json_string(path);
	text = string != NULL ? json_dumps(string, JSON_ENCODE_ANY |
	    JSON_ENSURE_ASCII) : NULL;
	line = text != NULL ? mem_printf("%s\n", text) : NULL;
	free(text);
	json_decref(string);
	return line;
}

static int
read_paths(const char *file, void (*each)(void *arg, const char *path),
    void *arg, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };
	char *rest, *line;

	if (file_read(file, LARGEST, &text) == -1)
		return errno == ENOENT ? 0 :
		    error_system(e, "cannot read %s", file);
	rest = text.data;
	while ((line = strsep(&rest, "\n")) != NULL) {
		MEM_AUTO char *path = path_of(line);

		if (path != NULL)
			each(arg, path);
	}
	return 0;
}

static void
remember(void *arg, const char *path)
{
	insert(arg, path);
}

int
changes_open(struct changes *c, const struct session *s, struct error *e)
{
	*c = (struct changes){ .fd = -1 };
	c->path = session_file(s, NAME);
	if (read_paths(c->path, remember, c, e) == -1)
		return -1;
	c->fd = open(c->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	return c->fd != -1 ? 0 :
	    error_system(e, "cannot write %s", c->path);
}

int
changes_add(struct changes *c, const char *path, struct error *e)
{
	MEM_AUTO char *line = NULL;

	if (!insert(c, path))
		return 0;
	line = line_of(path);
	if (line != NULL && file_write(c->fd, line, strlen(line)) == -1)
		return error_system(e, "cannot write %s", c->path);
	return 1;
}

void
changes_close(struct changes *c)
{
	tdestroy(c->known, free);
	file_close(&c->fd);
	free(c->path);
	*c = (struct changes){ .fd = -1 };
}

static void
append(void *arg, const char *path)
{
	strv_push(arg, path);
}

int
changes_list(const struct session *s, struct strv *paths, struct error *e)
{
	MEM_AUTO char *file = session_file(s, NAME);

	if (read_paths(file, append, paths, e) == -1)
		return -1;
	changes_sort(paths);
	return 0;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
changes_sort(struct strv *paths)
{
	size_t kept = 0;

	if (paths->n < 2)
		return;
	qsort(paths->v, paths->n, sizeof(*paths->v), by_bytes);
	for (size_t i = 1; i < paths->n; i++) {
		if (strcmp(paths->v[i], paths->v[kept]) == 0)
			free(paths->v[i]);
		else
			paths->v[++kept] = paths->v[i];
	}
	paths->n = kept + 1;
	paths->v[paths->n] = NULL;
}
