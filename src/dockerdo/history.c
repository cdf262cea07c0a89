/* SPDX-License-Identifier: ISC */
#include "dockerdo/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "dockerdo/session.h"

#define NAME	"command_history.jsonl"
#define LARGEST	(256 * 1024 * 1024)

/* TEXT; what is not UTF-8 in it cannot be in JSON but as an escape. */
static json_t *
as_string(const char *text)
{
	MEM_AUTO char *shown = NULL;
	json_t *string = json_string(text);

	if (string != NULL)
		return string;
	shown = text_printable(text, 0);
	return json_string(shown);
}

/* NULL: some word is no UTF-8. */
static json_t *
as_array(char *const *argv)
{
	json_t *array = json_array();

	for (; *argv != NULL; argv++) {
		if (json_array_append_new(array, json_string(*argv)) == 0)
			continue;
		json_decref(array);
		return NULL;
	}
	return array;
}

static char *
entry(const char *cwd, char *const *argv, bool as_words)
{
	BUF_AUTO struct buf command = { 0 };
	json_t *o = json_object();
	json_t *words = as_words ? as_array(argv) : NULL;
	char *text;

	for (size_t i = 0; argv[i] != NULL; i++)
		buf_addf(&command, "%s%s", i > 0 ? " " : "", argv[i]);
	json_object_set_new(o, "cwd", as_string(cwd));
	json_object_set_new(o, "command", as_string(buf_text(&command)));
	if (words != NULL)
		json_object_set_new(o, "argv", words);
	text = json_dumps(o, JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);
	json_decref(o);
	return text;
}

int
history_add(const struct session *s, const char *cwd, char *const *argv,
    bool words, struct error *e)
{
	MEM_AUTO char *path = session_file(s, NAME);
	MEM_AUTO char *text = entry(cwd, argv, words);
	MEM_AUTO char *line = mem_printf("%s\n", text != NULL ? text : "{}");
	FD_AUTO int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
	    0600);

	/* In one write: others may do the same. */
	if (fd == -1 || file_write(fd, line, strlen(line)) == -1)
		return error_system(e, "cannot write %s", path);
	return 0;
}

/* The command as a shell reads it; NULL when ENTRY has none. */
static char *
command_of(json_t *entry)
{
	STRV_AUTO struct strv words = { 0 };
	json_t *argv = json_object_get(entry, "argv");
	const char *text = json_string_value(json_object_get(entry,
	    "command"));

	for (size_t i = 0; i < json_array_size(argv); i++) {
		const char *word = json_string_value(json_array_get(argv, i));

		if (word == NULL)
			return mem_dup(text);
		strv_push(&words, word);
	}
	return words.n > 0 ? text_quote_argv(strv_argv(&words)) :
	    mem_dup(text);
}

/* CWD: that of the line before. */
static void
add_line(struct buf *text, const char *line, char **cwd)
{
	json_t *entry = json_loads(line, 0, NULL);
	const char *directory = json_string_value(json_object_get(entry,
	    "cwd"));
	MEM_AUTO char *command = entry != NULL ? command_of(entry) : NULL;

	if (directory != NULL && command != NULL) {
		if (*cwd == NULL || strcmp(*cwd, directory) != 0) {
			buf_add_text(text, "cd ");
			text_quote(text, directory);
			buf_add_byte(text, '\n');
			free(*cwd);
			*cwd = mem_dup(directory);
		}
		buf_addf(text, "%s\n", command);
	}
	json_decref(entry);
}

int
history_text(const struct session *s, struct buf *text, struct error *e)
{
	MEM_AUTO char *path = session_file(s, NAME);
	MEM_AUTO char *cwd = NULL;
	BUF_AUTO struct buf lines = { 0 };
	char *rest, *line;

	if (file_read(path, LARGEST, &lines) == -1)
		return errno == ENOENT ? 0 :
		    error_system(e, "cannot read %s", path);
	rest = lines.data;
	while ((line = strsep(&rest, "\n")) != NULL)
		add_line(text, line, &cwd);
	return 0;
}
