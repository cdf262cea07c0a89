/* SPDX-License-Identifier: ISC */
#include "dockerutils/context.h"

#include <stdlib.h>
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/command.h"
#include "dockerutils/record.h"
#include "dockerutils/step.h"
#include "run/ask.h"

/* By github.com/docker/cli, cli/context/store. */
bool
context_possible(const struct record *r)
{
	const char *name = record_name(r);
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) &&
		    (i == 0 || strchr("_.+-", name[i]) == NULL))
			return false;
	return n >= 2 && strcmp(name, "default") != 0;
}

/* docker context VERB ... */
static void
make_argv(struct strv *argv, const struct call *call,
    const char *const *words)
{
	docker_argv(&call->docker, argv, "context");
	for (; *words != NULL; words++)
		strv_push(argv, *words);
}

/* Its output; NULL with *WHY when it failed. */
static char *
ask_docker(const struct call *call, const char *const *words, char **why)
{
	struct question q = { 0 };
	ERROR_AUTO struct error e = { 0 };
	char *answer = NULL;

	make_argv(&q.argv, call, words);
	if (ask(&q, 1, 0, &call->say, &e) == 0 && question_answered(&q))
		answer = mem_printf("%.*s", (int)strcspn(buf_text(
		    &q.capture.out), "\r\n"), buf_text(&q.capture.out));
	else if (why != NULL)
		*why = e.text != NULL ? mem_dup(e.text) :
		    question_complaint(&q);
	question_clear(&q);
	return answer;
}

/* What changes something; COMPLAINT is what it means when it fails. */
static void
change(const struct call *call, const char *const *words,
    const char *complaint)
{
	STRV_AUTO struct strv argv = { 0 };
	MEM_AUTO char *why = NULL;

	if (call->choices.print) {
		make_argv(&argv, call, words);
		step_show(call, strv_argv(&argv));
		return;
	}
	free(ask_docker(call, words, &why));
	if (why != NULL)
		say_warning(&call->say, "%s: %s", complaint, why);
}

/* Whose it is: 1 ours, 0 somebody else's, -1 there is none. */
static int
owner(const struct call *call, const struct record *r)
{
	const char *const words[] = { "inspect", "--format",
	    "{{.Endpoints.docker.Host}}", record_name(r), NULL };
	MEM_AUTO char *host = ask_docker(call, words, NULL);
	MEM_AUTO char *ours = mem_printf("ssh://%s@%s", r->user, r->host);

	if (host == NULL)
		return -1;
	return strcmp(host, ours) == 0;
}

bool
context_exists(const struct call *call, const struct record *r)
{
	return context_possible(r) && owner(call, r) == 1;
}

void
context_create(struct call *call, const struct record *r)
{
	MEM_AUTO char *endpoint = mem_printf("host=ssh://%s@%s", r->user,
	    r->host);
	const char *const words[] = { "create", record_name(r),
	    "--description", "a dock", "--docker", endpoint, NULL };
	int whose;

	if (!context_possible(r)) {
		say_note(&call->say, "no docker context can be called %s",
		    record_name(r));
		return;
	}
	whose = owner(call, r);
	if (whose == 0)
		say_warning(&call->say, "there is a docker context %s already, "
		    "for something else; it stays", record_name(r));
	if (whose == -1)
		change(call, words, "no docker context");
}

void
context_remove(struct call *call, const struct record *r)
{
	const char *const words[] = { "rm", "--force", record_name(r), NULL };

	if (context_exists(call, r))
		change(call, words, "the docker context stays");
}
