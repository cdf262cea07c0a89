/* SPDX-License-Identifier: ISC */
#include "dockerutils/browser.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "run/spawn.h"

#ifdef __APPLE__
#define OPENER	"open"
#else
#define OPENER	"xdg-open"	/* of xdg-utils, on all desktops */
#endif

#define PAGE	"<!doctype html>\n<meta http-equiv=\"refresh\" " \
	"content=\"0; url=%s\">\n<a href=\"%s\">The notebook</a>\n"

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

static bool
has_desktop(void)
{
#ifdef __APPLE__
	return !is_set("SSH_CONNECTION");
#else
	return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
#endif
}

/* A file with PAGE, for our user alone; NULL: there is none. */
static char *
write_page(const char *url)
{
	char *path = mem_printf("%s/dockerutils-XXXXXX.html",
	    file_temporary_directory());
	MEM_AUTO char *page = mem_printf(PAGE, url, url);
	FD_AUTO int fd = mkstemps(path, (int)strlen(".html"));

	if (fd != -1 && file_write(fd, page, strlen(page)) == 0)
		return path;
	if (fd != -1)
		unlink(path);
	free(path);
	return NULL;
}

void
browser_open(struct browser *b, const char *url)
{
	ERROR_AUTO struct error e = { 0 };
	FD_AUTO int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct spawn s = { .fd = { null, null, null }, .own_group = true };

	b->file = has_desktop() && null != -1 ? write_page(url) : NULL;
	if (b->file == NULL)
		return;
	s.argv = (char *const[]){ (char *)OPENER, b->file, NULL };
	/* Whoever has none has been told the address. */
	if (spawn_start(&s, &e) == -1)
		browser_close(b);
}

void
browser_close(struct browser *b)
{
	if (b->file != NULL)
		unlink(b->file);
	free(b->file);
	b->file = NULL;
}
