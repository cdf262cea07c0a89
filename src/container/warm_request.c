/* SPDX-License-Identifier: ISC */
#include "container/warm_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "wire/message.h"

#define FILE_LIMIT	(1024 * 1024)

/* NAME=VALUE, or NAME: as it is with us, or not at all. */
static void
add_variable(struct strv *env, const char *word)
{
	const char *value;

	value = strchr(word, '=') == NULL ? getenv(word) : NULL;
	if (value != NULL)
		strv_pushf(env, "%s=%s", word, value);
	else
		strv_push(env, word);
}

/* Blanks that docker takes off the start of a line. */
#define BLANKS	" \t\v\f"

/*
 * One line of a file of variables, as docker reads them: blanks before it do
 * not count, "#" begins a remark, all else is NAME=VALUE or NAME.  A NAME that
 * we do not have is left out.  -1: docker has something to say about it.
 */
static int
add_line(struct strv *env, const char *line)
{
	size_t name;

	line += strspn(line, BLANKS);
	if (*line == '\0' || *line == '#')
		return 0;
	name = strcspn(line, "=");
	if (name == 0 || strcspn(line, BLANKS "\r") < name)
		return -1;
	for (const char *at = line; *at != '\0'; at++)
		if ((unsigned char)*at >= 0x80 || *at == '\r')
			return -1;
	if (line[name] == '=' || getenv(line) != NULL)
		add_variable(env, line);
	return 0;
}

static int
add_file(struct strv *env, const char *path, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };
	char *rest, *line;

	if (file_read(path, FILE_LIMIT, &text) == -1 ||
	    memchr(buf_text(&text), '\0', text.len) != NULL)
		return error_set(e, "docker shall read %s", path);
	rest = text.data;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (add_line(env, line) == -1)
			return error_set(e, "docker shall read %s", path);
	return 0;
}

static int
add_environment(struct strv *env, const struct plan *p, struct error *e)
{
	const struct exec_options *o = p->options;

	for (size_t i = 0; i < o->env_file.n; i++)
		if (add_file(env, o->env_file.v[i], e) == -1)
			return -1;
	for (size_t i = 0; i < o->env.n; i++) {
		if (o->env.v[i][0] == '=' || o->env.v[i][0] == '\0')
			return error_set(e, "a variable has no name");
		add_variable(env, o->env.v[i]);
	}
	for (char *const *word = p->env; word != NULL && *word != NULL; word++)
		strv_push(env, *word);
	return 0;
}

/* What a connection cannot do, or is not there to do. */
static const char *
obstacle(const struct plan *p)
{
	const struct exec_options *o = p->options;

	if (p->client != NULL)
		return "it does not run in the container";
	if (o->tty)
		return "a terminal is docker's";
	if (o->detach)
		return "what is detached shall outlive the connection";
	if (p->cookie == NULL)
		return "its processes shall not be marked";
	if (o->workdir != NULL && o->workdir[0] != '/')
		return "the directory is not absolute";
	return NULL;
}

int
warm_request_make(struct warm_request *r, const struct plan *p,
    struct error *e)
{
	const char *why = obstacle(p);

	memset(r, 0, sizeof(*r));
	if (why != NULL)
		return error_set(e, "%s", why);
	if (add_environment(&r->env, p, e) == -1)
		return -1;
	r->start = (struct start){ .cookie = p->cookie,
	    .flags = p->options->interactive ? START_STDIN : 0,
	    .directory = p->options->workdir != NULL ? p->options->workdir : "",
	    .env = strv_argv(&r->env), .argv = p->command };
	if (start_size(&r->start) > WIRE_START_MAX / 2)
		return error_set(e, "the command line is too long");
	return 0;
}

void
warm_request_clear(struct warm_request *r)
{
	strv_clear(&r->env);
	memset(r, 0, sizeof(*r));
}
