/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/variable.h"

static const struct option_row rows[] = {
	{ .name = "unset", .kind = OPTION_BOOL, .offset = CHOICE(unset),
	    .help = "take the variable NAME away" },
	{ .name = NULL }
};

struct change {
	const char *name;
	const char *value;	/* NULL: away with it */
	bool dry_run;
};

/*
 * The variables as docker's --env-file has them, for whoever looks; those with
 * more than a line cannot stand there.
 */
static int
write_list(const struct session *s, struct error *e)
{
	MEM_AUTO char *path = session_file(s, "env.list");
	BUF_AUTO struct buf text = { 0 };

	for (size_t i = 0; i < s->env.n; i++)
		if (strpbrk(s->env.v[i], "\r\n") == NULL)
			buf_addf(&text, "%s\n", s->env.v[i]);
	if (file_replace(path, buf_text(&text), text.len) == -1)
		return error_system(e, "cannot write %s", path);
	return 0;
}

static int
change(struct session *s, void *arg, struct error *e)
{
	const struct change *c = arg;

	session_set_variable(s, c->name, c->value);
	return write_list(s, e);
}

/* All of stdin, but for the end of its last line. */
static int
read_value(struct buf *value, struct error *e)
{
	if (file_read("/dev/stdin", 1024 * 1024, value) == -1)
		return error_system(e, "cannot read the value from standard "
		    "input");
	if (memchr(buf_text(value), '\0', value->len) != NULL)
		return error_set(e, "a value cannot have NUL bytes");
	if (value->len > 0 && value->data[value->len - 1] == '\n')
		value->data[--value->len] = '\0';
	return 0;
}

/* Nothing but blanks. */
static bool
is_blank(const char *value)
{
	return value[strspn(value, " \t\r\n\v\f")] == '\0';
}

/* WORDS: NAME=VALUE, NAME with --unset, or NAME and -. */
static int
read_words(const struct call *call, char *const *words, struct buf *value,
    struct change *c, struct error *e)
{
	char *equals = strchr(words[0], '=');

	if (call->choices.unset && equals == NULL && words[1] == NULL)
		return 0;
	if (!call->choices.unset && equals == NULL && words[1] != NULL &&
	    strcmp(words[1], "-") == 0) {
		c->value = "";
		if (read_value(value, e) == -1)
			return -1;
		c->value = buf_text(value);
		return 0;
	}
	if (call->choices.unset || equals == NULL || words[1] != NULL)
		return error_usage(e, "export takes NAME=VALUE, --unset NAME, "
		    "or NAME - to read the value from standard input");
	*equals = '\0';
	c->value = is_blank(equals + 1) ? NULL : equals + 1;
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	char *const *words = call->arguments.words.v;
	BUF_AUTO struct buf value = { 0 };
	MEM_AUTO char *word = NULL;
	struct change c = { .name = words[0] };

	if (read_words(call, words, &value, &c, e) == -1)
		return -1;
	word = mem_printf("%s=%s", c.name, c.value != NULL ? c.value : "");
	if (c.value != NULL && variable_check(word, e) == -1)
		return -1;
	if (!call->choices.dry_run &&
	    session_change(&call->session, change, &c, e) == -1)
		return -1;
	/* Not its value, which may be a secret. */
	say_note(&call->say, "%s%s %s",
	    call->choices.dry_run ? "would have " : "",
	    c.value != NULL ? "exported" : "unexported", c.name);
	return 0;
}

const struct command command_export = {
	.name = "export",
	.synopsis = "NAME=VALUE | NAME - | --unset NAME",
	.summary = "set a variable for all commands from now on",
	.help =
	    "Give the commands that are run from now on the variable NAME.\n"
	    "With \"-\" its value is read from standard input, so that it is\n"
	    "in no list of processes and no shell's history.  An empty VALUE\n"
	    "takes the variable away, as --unset does.\n",
	.options = rows,
	.least = 1,
	.most = 2,
	.session = true,
	.run = run,
};
