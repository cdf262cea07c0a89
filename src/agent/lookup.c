/* SPDX-License-Identifier: ISC */
#include "agent/lookup.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>

/* FILE can be executed: 0 or an errno. */
static int
check(const char *file)
{
	struct stat st;

	if (stat(file, &st) == -1)
		return errno;
	if (S_ISDIR(st.st_mode) || (st.st_mode & 0111) == 0)
		return EACCES;
	return 0;
}

/* DIRECTORY of LEN bytes and NAME, into FILE; false if they do not fit. */
static int
join(char *file, size_t room, const char *directory, size_t len,
    const char *name)
{
	size_t name_len = strlen(name);

	if (len + 1 + name_len + 1 > room)
		return 0;
	memcpy(file, directory, len);
	if (len > 0)
		file[len++] = '/';
	memcpy(file + len, name, name_len + 1);
	return 1;
}

int
lookup_program(const char *name, const char *path, char *file, size_t room)
{
	size_t len;

	if (strchr(name, '/') != NULL) {
		if (!join(file, room, "", 0, name))
			return ENAMETOOLONG;
		return check(file);
	}
	if (path == NULL || *path == '\0' || *name == '\0')
		return ENOENT;
	for (;; path += len + 1) {
		len = strcspn(path, ":");
		if (join(file, room, path, len, name) && check(file) == 0)
			return *path == '/' ? 0 : EOPNOTSUPP;
		if (path[len] == '\0')
			return ENOENT;
	}
}
