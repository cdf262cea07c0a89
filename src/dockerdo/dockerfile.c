/* SPDX-License-Identifier: ISC */
#include "dockerdo/dockerfile.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/changes.h"
#include "dockerdo/history.h"
#include "dockerdo/session.h"

/* What "$" is in paths, where builders do not agree on how to escape it. */
#define DOLLAR	"${DODO_DOLLAR}"

/*
 * PATH for an instruction in which "$" begins a variable; SPECIAL bytes are
 * those of patterns, each of which is a set of its own then.
 */
static void
add_path(struct buf *b, const char *path, const char *special)
{
	for (; *path != '\0'; path++) {
		if (*path == '$')
			buf_add_text(b, DOLLAR);
		else if (strchr(special, *path) != NULL)
			buf_addf(b, "[%c]", *path);
		else
			buf_add_byte(b, *path);
	}
}

/* No instruction can have that path. */
static bool
is_impossible(const char *path)
{
	return strpbrk(path, "\r\n\\") != NULL;
}

static void
add_value(struct buf *b, const char *value)
{
	for (; *value != '\0'; value++) {
		if (strchr("$\\\"", *value) != NULL)
			buf_add_byte(b, '\\');
		buf_add_byte(b, *value);
	}
}

static void
add_variables(struct buf *b, const struct session *s)
{
	for (size_t i = 0; i < s->env.n; i++) {
		const char *word = s->env.v[i];
		int length = (int)strcspn(word, "=");

		if (strpbrk(word, "\r\n") != NULL) {
			buf_addf(b, "# %.*s has more than a line.\n", length,
			    word);
			continue;
		}
		buf_addf(b, "ENV %.*s=\"", length, word);
		add_value(b, word + length + 1);
		buf_add_text(b, "\"\n");
	}
}

/* An array of JSON: neither quotes nor blanks mean anything but themselves. */
static void
add_array(struct buf *b, const char *instruction, char *const *words)
{
	json_t *array = json_array();
	MEM_AUTO char *text = NULL;

	for (; *words != NULL; words++)
		json_array_append_new(array, json_string(*words));
	text = json_dumps(array, JSON_ENSURE_ASCII);
	json_decref(array);
	if (text != NULL)
		buf_addf(b, "%s %s\n", instruction, text);
}

/* PATH for a source of COPY, where it is a pattern. */
static char *
as_pattern(const char *path)
{
	struct buf b = { 0 };

	buf_add_text(&b, "container");
	add_path(&b, path, "*?[");
	return buf_steal(&b);
}

static void
add_file(struct buf *b, const char *point, const char *path)
{
	MEM_AUTO char *here = mem_printf("%s%s", point, path);
	MEM_AUTO char *pattern = as_pattern(path);
	BUF_AUTO struct buf to = { 0 };
	struct stat st;

	if (lstat(here, &st) == -1 || !S_ISREG(st.st_mode))
		return;
	if (is_impossible(path)) {
		buf_add_text(b, "# A file whose name COPY cannot have.\n");
		return;
	}
	add_path(&to, path, "");
	add_array(b, "COPY", (char *const[]){ pattern,
	    (char *)buf_text(&to), NULL });
}

struct commands {
	struct buf *text;
	char *cwd;
};

static void
add_command(void *arg, const char *cwd, char *const *words)
{
	struct commands *c = arg;

	if (c->cwd == NULL || strcmp(c->cwd, cwd) != 0) {
		free(c->cwd);
		c->cwd = mem_dup(cwd);
		if (is_impossible(cwd)) {
			buf_add_text(c->text, "# A directory whose name "
			    "WORKDIR cannot have.\n");
		} else {
			buf_add_text(c->text, "WORKDIR ");
			add_path(c->text, cwd, "");
			buf_add_byte(c->text, '\n');
		}
	}
	add_array(c->text, "RUN", words);
}

int
dockerfile_text(const struct session *s, struct buf *b, struct error *e)
{
	MEM_AUTO char *point = session_mount_point(s);
	STRV_AUTO struct strv paths = { 0 };
	BUF_AUTO struct buf body = { 0 };
	struct commands commands = { .text = &body };
	int rc;

	if (changes_list(s, &paths, e) == -1)
		return -1;
	buf_addf(b, "FROM %s\n", s->image_tag != NULL ? s->image_tag :
	    s->base_image);
	add_variables(b, s);
	for (size_t i = 0; i < paths.n; i++)
		add_file(&body, point, paths.v[i]);
	rc = history_each(s, add_command, &commands, e);
	free(commands.cwd);
	if (strstr(buf_text(&body), DOLLAR) != NULL)
		buf_add_text(b, "ARG DODO_DOLLAR='$'\n");
	buf_add(b, buf_text(&body), body.len);
	return rc;
}
