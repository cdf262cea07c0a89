/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "dockerdo/step.h"
#include "run/pipeline.h"

/* The session's registry has it then. */
static int
push(struct call *call, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };

	strv_push(&argv, call->docker.program);
	strv_push(&argv, "push");
	strv_push(&argv, call->session.image_tag);
	return step_run(call, strv_argv(&argv), e);
}

static void
show(const struct call *call, const struct pipeline *p)
{
	BUF_AUTO struct buf line = { 0 };

	if (!call->choices.verbose && !call->choices.dry_run)
		return;
	for (size_t i = 0; i < p->n; i++) {
		MEM_AUTO char *quoted = text_quote_argv(p->stage[i].argv);

		buf_addf(&line, "%s %s", i > 0 ? " |" : "+", quoted);
	}
	buf_add_byte(&line, '\n');
	fflush(stdout);
	file_write(STDERR_FILENO, line.data, line.len);
}

static int
stream(struct call *call, struct pipeline *p, struct error *e)
{
	MEM_AUTO char *report = NULL;

	show(call, p);
	if (call->choices.dry_run)
		return 0;
	if (pipeline_run(p, e) == -1)
		return -1;
	if (p->signo != 0) {
		call->signo = p->signo;
		return 128 + p->signo;
	}
	if (p->failed == -1)
		return 0;
	report = pipeline_report(p);
	return error_set(e, "the image has not arrived: %s", report);
}

/* To the remote host's docker, which unpacks it, with no file between. */
static int
transfer(struct call *call, struct error *e)
{
	STRV_AUTO struct strv save = { 0 };
	STRV_AUTO struct strv pack = { 0 };
	STRV_AUTO struct strv load = { 0 };
	struct pipeline p = { .n = 3, .label = "push", .failed = -1 };

	strv_push(&save, call->docker.program);
	strv_push(&save, "save");
	strv_push(&save, call->session.image_tag);
	strv_push_option(&pack, "gzip", "-1");
	strv_push(&load, "ssh");
	strv_push(&load, "--");
	strv_push(&load, call->session.remote_host);
	strv_push(&load, "docker load");
	p.stage[0].argv = strv_argv(&save);
	p.stage[0].name = "docker save";
	p.stage[1].argv = strv_argv(&pack);
	p.stage[1].name = "gzip";
	p.stage[2].argv = strv_argv(&load);
	p.stage[2].name = "ssh and docker load";
	return stream(call, &p, e);
}

static int
run(struct call *call, struct error *e)
{
	const struct session *s = &call->session;

	if (s->image_tag == NULL)
		return error_set(e, "there is no image of the session's: "
		    "dockerdo build makes one");
	if (s->docker_registry != NULL && *s->docker_registry != '\0')
		return push(call, e);
	if (s->remote_host != NULL)
		return transfer(call, e);
	return error_set(e, "there is nowhere to push to: the session has "
	    "neither a registry nor a remote host");
}

const struct command command_push = {
	.name = "push",
	.synopsis = "",
	.summary = "bring the image to a registry or the remote host",
	.help =
	    "Push the session's image to its registry; where it has none,\n"
	    "bring it to the docker of its remote host, by docker save, gzip,\n"
	    "ssh and docker load at once.\n",
	.session = true,
	.run = run,
};
