/* SPDX-License-Identifier: ISC */
#include "dockerutils/docks.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/strv.h"
#include "base/text.h"

#define RECORD		"connection_config.txt"
#define LARGEST_RECORD	(64 * 1024)

/* Where new records are. */
static char *
own_home(void)
{
	const char *dir = getenv("XDG_CONFIG_HOME");

	if (dir != NULL && *dir == '/')
		return mem_printf("%s/dexec/docks", dir);
	dir = getenv("HOME");
	return dir != NULL && *dir == '/' ?
	    mem_printf("%s/.config/dexec/docks", dir) : NULL;
}

/* Where those of docker-utils are. */
static char *
old_home(void)
{
	const char *dir = getenv("HOME");

	return dir != NULL && *dir == '/' ? mem_printf("%s/.docker", dir) :
	    NULL;
}

static void
dock_clear(struct dock *d)
{
	record_clear(&d->record);
	free(d->directory);
}

static bool
has_host(const struct docks *docks, const char *host)
{
	for (size_t i = 0; i < docks->n; i++)
		if (strcmp(docks->v[i].record.host, host) == 0)
			return true;
	return false;
}

/* Add the dock that is recorded in DIRECTORY, if one is. */
static void
add(struct docks *docks, const char *directory, const struct say *say)
{
	MEM_AUTO char *path = mem_printf("%s/" RECORD, directory);
	BUF_AUTO struct buf text = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct dock dock = { 0 };

	if (file_read(path, LARGEST_RECORD, &text) == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			say_warning(say, "cannot read %s: %s", path,
			    strerror(errno));
		return;
	}
	if (record_parse(&dock.record, buf_text(&text), path, say, &e) == -1)
		say_warning(say, "%s", e.text);
	if (e.text != NULL || has_host(docks, dock.record.host)) {
		dock_clear(&dock);
		return;
	}
	dock.directory = mem_dup(directory);
	docks->v = mem_grow(docks->v, docks->n + 1, sizeof(*docks->v));
	docks->v[docks->n++] = dock;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
read_home(struct docks *docks, const char *home, const struct say *say)
{
	DIR *dir = home != NULL ? opendir(home) : NULL;
	struct strv names = { 0 };
	const struct dirent *d;

	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			strv_pushf(&names, "%s/%s", home, d->d_name);
	closedir(dir);
	if (names.n > 1)
		qsort(names.v, names.n, sizeof(*names.v), by_text);
	for (size_t i = 0; i < names.n; i++)
		add(docks, names.v[i], say);
	strv_clear(&names);
}

int
docks_read(struct docks *docks, const struct say *say, struct error *e)
{
	MEM_AUTO char *own = own_home();
	MEM_AUTO char *old = old_home();

	if (own == NULL && old == NULL)
		return error_set(e, "there are no docks without $HOME");
	read_home(docks, own, say);
	read_home(docks, old, say);
	return 0;
}

const struct dock *
docks_search(const struct docks *docks, const char *name)
{
	for (size_t i = 0; i < docks->n; i++)
		if (docks->v[i].record.moniker != NULL &&
		    strcmp(docks->v[i].record.moniker, name) == 0)
			return &docks->v[i];
	for (size_t i = 0; i < docks->n; i++)
		if (strcmp(docks->v[i].record.host, name) == 0)
			return &docks->v[i];
	return NULL;
}

const struct dock *
docks_find(const struct docks *docks, const char *name, struct error *e)
{
	const struct dock *found;
	MEM_AUTO char *shown = NULL;

	if (name == NULL || *name == '\0')
		name = getenv("DOCKER_IP");
	if (name == NULL || *name == '\0') {
		error_usage(e, "no dock is named, and this shell is not "
		    "docked");
		return NULL;
	}
	found = docks_search(docks, name);
	if (found == NULL) {
		shown = text_printable(name, 60);
		error_set(e, "can't find dock configuration for %s", shown);
	}
	return found;
}

static int
write_record(const char *directory, const struct record *r)
{
	MEM_AUTO char *path = mem_printf("%s/" RECORD, directory);
	BUF_AUTO struct buf text = { 0 };

	record_text(r, &text);
	return file_replace(path, text.data, text.len);
}

int
docks_write(const struct record *r, char **directory, struct error *e)
{
	MEM_AUTO char *home = own_home();

	if (record_check_host(r->host, e) == -1)
		return -1;
	if (home == NULL)
		return error_set(e, "there are no docks without $HOME");
	*directory = mem_printf("%s/%s", home, r->host);
	if (file_make_directories(*directory) == -1 ||
	    write_record(*directory, r) == -1)
		return error_system(e, "cannot write %s/" RECORD, *directory);
	return 0;
}

/* 1 when there was a record, 0 when not, -1 with errno. */
static int
remove_from(const char *home, const char *host, void (*tell)(const char *))
{
	/* Beside the record, what docker-utils 1 had put there. */
	static const char *const names[] = { RECORD, "ca.pem", "key.pem",
	    "cert.pem", NULL };
	MEM_AUTO char *dir = mem_printf("%s/%s", home, host);
	MEM_AUTO char *record = mem_printf("%s/" RECORD, dir);
	struct stat st;

	if (lstat(dir, &st) == -1 || !S_ISDIR(st.st_mode) ||
	    lstat(record, &st) == -1)
		return 0;
	tell(dir);
	for (size_t i = 0; names[i] != NULL; i++) {
		MEM_AUTO char *path = mem_printf("%s/%s", dir, names[i]);

		if (unlink(path) == -1 && errno != ENOENT)
			return -1;
	}
	return rmdir(dir) == -1 && errno != ENOTEMPTY && errno != EEXIST ?
	    -1 : 1;
}

int
docks_remove(const char *host, void (*tell)(const char *directory),
    struct error *e)
{
	MEM_AUTO char *own = own_home();
	MEM_AUTO char *old = old_home();
	int a, b;

	if (record_check_host(host, e) == -1)
		return -1;
	a = own != NULL ? remove_from(own, host, tell) : 0;
	b = old != NULL && a != -1 ? remove_from(old, host, tell) : 0;
	if (a == -1 || b == -1)
		return error_system(e, "cannot remove the record of %s", host);
	if (a == 0 && b == 0)
		return error_set(e, "no directory named %s has a record",
		    host);
	return 0;
}

void
docks_clear(struct docks *docks)
{
	for (size_t i = 0; i < docks->n; i++)
		dock_clear(&docks->v[i]);
	free(docks->v);
	*docks = (struct docks){ 0 };
}
