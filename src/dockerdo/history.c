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

/*
 * Append the words of ENTRY; where it has none, those that have a shell run its
 * line.  LINE is that line, or NULL.
 */
static void
words_of(json_t *entry, struct strv *words, const char **line)
{
	json_t *argv = json_object_get(entry, "argv");
	const char *word;

	*line = NULL;
	for (size_t i = 0; i < json_array_size(argv); i++) {
		word = json_string_value(json_array_get(argv, i));
		if (word != NULL)
			strv_push(words, word);
	}
	if (words->n > 0)
		return;
	*line = json_string_value(json_object_get(entry, "command"));
	if (*line == NULL)
		return;
	strv_push(words, "sh");
	strv_push(words, "-c");
	strv_push(words, *line);
}

static int
read_entries(const struct session *s, void (*each)(void *arg,
    const char *cwd, char *const *words, const char *line), void *arg,
    struct error *e)
{
	MEM_AUTO char *path = session_file(s, NAME);
	BUF_AUTO struct buf text = { 0 };
	char *rest, *at;

	if (file_read(path, LARGEST, &text) == -1)
		return errno == ENOENT ? 0 :
		    error_system(e, "cannot read %s", path);
	rest = text.data;
	while ((at = strsep(&rest, "\n")) != NULL) {
		STRV_AUTO struct strv words = { 0 };
		json_t *entry = json_loads(at, 0, NULL);
		const char *cwd = json_string_value(json_object_get(entry,
		    "cwd"));
		const char *line;

		words_of(entry, &words, &line);
		if (cwd != NULL && words.n > 0)
			each(arg, cwd, strv_argv(&words), line);
		json_decref(entry);
	}
	return 0;
}

struct each {
	void (*each)(void *arg, const char *cwd, char *const *words);
	void *arg;
};

static void
tell(void *arg, const char *cwd, char *const *words, const char *line)
{
	const struct each *e = arg;

	(void)line;
	e->each(e->arg, cwd, words);
}

int
history_each(const struct session *s,
    void (*each)(void *arg, const char *cwd, char *const *words), void *arg,
    struct error *e)
{
	struct each closure = { each, arg };

	return read_entries(s, tell, &closure, e);
}

struct listing {
	struct buf *text;
	char *cwd;		/* of the line before, or NULL */
};

static void
add_line(void *arg, const char *cwd, char *const *words, const char *line)
{
	struct listing *l = arg;
	MEM_AUTO char *quoted = line != NULL ? mem_dup(line) :
	    text_quote_argv(words);

	if (l->cwd == NULL || strcmp(l->cwd, cwd) != 0) {
		buf_add_text(l->text, "cd ");
		text_quote(l->text, cwd);
		buf_add_byte(l->text, '\n');
		free(l->cwd);
		l->cwd = mem_dup(cwd);
	}
	buf_addf(l->text, "%s\n", quoted);
}

int
history_text(const struct session *s, struct buf *text, struct error *e)
{
	struct listing l = { .text = text };
	int rc = read_entries(s, add_line, &l, e);

	free(l.cwd);
	return rc;
}
