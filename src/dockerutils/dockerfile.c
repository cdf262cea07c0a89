/* SPDX-License-Identifier: ISC */
#include "dockerutils/dockerfile.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"

#define LARGEST_FILE	(4 * 1024 * 1024)
#define BLANKS		" \t\r"

/* The words of one instruction: "FROM [--OPTION...] IMAGE [AS NAME]". */
static void
take_instruction(struct dockerfile *d, char *line)
{
	const char *word[4] = { 0 };
	size_t n = 0;
	char *w;

	while (n < 4 && (w = strsep(&line, BLANKS)) != NULL) {
		if (*w == '\0' || (n == 1 && strncmp(w, "--", 2) == 0))
			continue;
		word[n++] = w;
	}
	if (n < 2 || strcasecmp(word[0], "FROM") != 0)
		return;
	strv_push(&d->from, word[1]);
	if (n == 4 && strcasecmp(word[2], "AS") == 0 &&
	    strcasecmp(word[3], "builder") == 0)
		d->builder = true;
}

void
dockerfile_parse(struct dockerfile *d, const char *text)
{
	MEM_AUTO char *copy = mem_dup(text);
	BUF_AUTO struct buf whole = { 0 };
	char *rest = copy, *line;
	size_t n;

	d->exists = true;
	while ((line = strsep(&rest, "\n")) != NULL) {
		line += strspn(line, BLANKS);
		/* Comments stand between continued lines, too. */
		if (*line == '#' || (*line == '\0' && rest != NULL))
			continue;
		n = strlen(line);
		while (n > 0 && strchr(BLANKS, line[n - 1]) != NULL)
			n--;
		if (n > 0 && line[n - 1] == '\\') {
			buf_add(&whole, line, n - 1);
			buf_add_byte(&whole, ' ');
			continue;
		}
		buf_add(&whole, line, n);
		if (whole.len > 0)
			take_instruction(d, whole.data);
		buf_clear(&whole);
	}
}

int
dockerfile_read(struct dockerfile *d, const char *image, struct error *e)
{
	MEM_AUTO char *path = mem_printf("docker/%s/Dockerfile", image);
	BUF_AUTO struct buf text = { 0 };

	*d = (struct dockerfile){ 0 };
	if (file_read(path, LARGEST_FILE, &text) == 0) {
		dockerfile_parse(d, buf_text(&text));
		return 0;
	}
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return error_system(e, "cannot read %s", path);
}

void
dockerfile_clear(struct dockerfile *d)
{
	strv_clear(&d->from);
	*d = (struct dockerfile){ 0 };
}
