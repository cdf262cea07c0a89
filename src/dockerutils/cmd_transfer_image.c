/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/reference.h"
#include "dockerutils/ssh.h"
#include "dockerutils/step.h"
#include "run/ask.h"
#include "run/pipeline.h"

static const char *const compressors[] = { "auto", "zstd", "gzip", "none",
    NULL };

static const struct option_row rows[] = {
	{ .letter = 'i', .name = "identity", .kind = OPTION_TEXT,
	    .offset = CHOICE(identity), .value = "FILE",
	    .environment = "SSH_KEY", .complete = COMPLETE_FILE,
	    .help = "the key that ssh shall use ($SSH_KEY)" },
	{ .letter = 'z', .name = "compress", .kind = OPTION_CHOICE,
	    .offset = CHOICE(compress), .value = "HOW",
	    .choices = compressors,
	    .help = "zstd, gzip, none; auto: what both ends have" },
	{ .letter = 'p', .name = "project", .kind = OPTION_BOOL,
	    .offset = CHOICE(of_project),
	    .help = "IMAGE is one of the project's" },
	{ .name = "force", .kind = OPTION_BOOL, .offset = CHOICE(force),
	    .help = "also when the host has the image already" },
	{ .name = NULL }
};

/* What is known of both ends. */
struct transfer {
	const char *image;
	struct ssh ssh;
	char *id;		/* of the image here; NULL: not known */
	unsigned long long size;
	char *there;		/* of the image there; "" or NULL: none */
	char *docker;		/* how docker is called there */
	enum compress { COMPRESS_AUTO, COMPRESS_ZSTD, COMPRESS_GZIP,
	    COMPRESS_NONE } compress;
};

static void
transfer_clear(struct transfer *t)
{
	ssh_clear(&t->ssh);
	free(t->id);
	free(t->there);
	free(t->docker);
}

/* Run there: which compressors and which docker there are, and our image. */
#define PROBE \
	"for z in zstd gzip; do " \
	"command -v $z >/dev/null 2>&1 && echo has $z; done; d=docker; " \
	"docker version >/dev/null 2>&1 || " \
	"{ sudo -n docker version >/dev/null 2>&1 && d='sudo -n docker'; }; " \
	"echo docker $d; " \
	"i=$($d image inspect --format '{{.Id}}' \"$1\" 2>/dev/null); " \
	"echo id $i; echo end"

enum { HERE, THERE, ZSTD, GZIP, QUESTIONS };

static void
set_questions(struct question *q, const struct call *call,
    const struct transfer *t)
{
	MEM_AUTO char *script = NULL;
	BUF_AUTO struct buf line = { 0 };

	docker_argv(&call->docker, &q[HERE].argv, "image");
	strv_push(&q[HERE].argv, "inspect");
	strv_push_option(&q[HERE].argv, "--format", "{{.Id}} {{.Size}}");
	strv_push(&q[HERE].argv, t->image);
	buf_add_text(&line, "exec sh -c ");
	text_quote(&line, PROBE);
	buf_add_text(&line, " sh ");
	text_quote(&line, t->image);
	script = buf_steal(&line);
	/* A question cannot ask for a password. */
	ssh_argv(&t->ssh, &q[THERE].argv, "BatchMode=yes", script);
	strv_push_option(&q[ZSTD].argv, "zstd", "--version");
	strv_push_option(&q[GZIP].argv, "gzip", "--version");
}

/* What follows "KEY " in a line of TEXT; the caller frees it.  NULL: nothing. */
static char *
line_of(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (; text != NULL; text = strchr(text, '\n')) {
		text += strspn(text, "\n");
		if (strncmp(text, key, n) == 0 && text[n] == ' ')
			return mem_printf("%.*s", (int)strcspn(text + n + 1,
			    "\r\n"), text + n + 1);
	}
	return NULL;
}

static bool
both_have(const struct question *q, const char *program, int number)
{
	MEM_AUTO char *line = mem_printf("has %s\n", program);

	return question_answered(&q[number]) &&
	    strstr(buf_text(&q[THERE].capture.out), line) != NULL;
}

/* One that we cannot ask may still be one that takes what we send. */
static void
take_there(struct transfer *t, const struct question *q,
    const struct call *call)
{
	const char *text = buf_text(&q[THERE].capture.out);
	MEM_AUTO char *why = NULL;

	if (!question_answered(&q[THERE])) {
		why = question_complaint(&q[THERE]);
		say_note(&call->say, "%s does not say what it has (%s); going "
		    "on with gzip", t->ssh.host, why);
		t->compress = t->compress == COMPRESS_AUTO ? COMPRESS_GZIP :
		    t->compress;
		return;
	}
	t->docker = line_of(text, "docker");
	t->there = line_of(text, "id");
	if (t->compress == COMPRESS_AUTO)
		t->compress = both_have(q, "zstd", ZSTD) ? COMPRESS_ZSTD :
		    both_have(q, "gzip", GZIP) ? COMPRESS_GZIP :
		    COMPRESS_NONE;
}

static int
take_here(struct transfer *t, const struct question *q, struct error *e)
{
	MEM_AUTO char *why = NULL;
	const char *text = buf_text(&q->capture.out);

	if (!question_answered(q)) {
		why = question_complaint(q);
		return error_set(e, "%s cannot be transferred: %s", t->image,
		    why);
	}
	t->id = mem_printf("%.*s", (int)strcspn(text, " \r\n"), text);
	text += strcspn(text, " ");
	t->size = strtoull(text, NULL, 10);
	return 0;
}

static int
ask_both(struct transfer *t, const struct call *call, struct error *e)
{
	struct question q[QUESTIONS] = { 0 };
	int rc;

	set_questions(q, call, t);
	rc = ask(q, QUESTIONS, 0, &call->say, e);
	if (rc > 0)
		rc = error_set(e, "interrupted");
	if (rc == 0)
		rc = take_here(t, &q[HERE], e);
	if (rc == 0)
		take_there(t, q, call);
	for (size_t i = 0; i < QUESTIONS; i++)
		question_clear(&q[i]);
	return rc;
}

/* What is run there. */
static char *
loader(const struct transfer *t)
{
	const char *docker = t->docker != NULL ? t->docker : "docker";
	const char *unpack = t->compress == COMPRESS_ZSTD ? "zstd -dcq | " :
	    t->compress == COMPRESS_GZIP ? "gzip -dc | " : "";

	return mem_printf("%s%s load", unpack, docker);
}

static void
add_compressor(struct strv *argv, const struct transfer *t)
{
	if (t->compress == COMPRESS_ZSTD) {
		strv_push(argv, "zstd");
		strv_push(argv, "-qcT0");
	} else if (t->compress == COMPRESS_GZIP) {
		strv_push(argv, "gzip");
		strv_push(argv, "-c");
	}
}

static void
show(const struct call *call, const struct pipeline *p)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		MEM_AUTO char *quoted = text_quote_argv(p->stage[i].argv);

		buf_addf(&text, "%s%s", i > 0 ? " | " : "", quoted);
	}
	step_show_text(call, "%s", buf_text(&text));
	buf_clear(&text);
}

static int
stream(struct call *call, struct pipeline *p, struct error *e)
{
	MEM_AUTO char *report = NULL;

	show(call, p);
	if (call->choices.print)
		return 0;
	if (pipeline_run(p, e) == -1)
		return -1;
	if (p->failed == -1)
		return 0;
	report = pipeline_report(p);
	say_warning(&call->say, "the transfer failed at '%s' (%s)",
	    p->stage[p->failed].name, report);
	if (p->signo != 0) {
		call->signo = p->signo;
		return 128 + p->signo;
	}
	return step_status(call, p->stage[p->failed].wait_status);
}

static int
send_image(struct call *call, const struct transfer *t, struct error *e)
{
	MEM_AUTO char *there = loader(t);
	MEM_AUTO char *label = mem_printf("%s to %s", t->image, t->ssh.host);
	struct strv save = { 0 }, compress = { 0 }, load = { 0 };
	struct pipeline p = { .label = call->choices.quiet ? NULL : label,
	    .size = t->size };
	int rc;

	docker_argv(&call->docker, &save, "save");
	strv_push(&save, t->image);
	add_compressor(&compress, t);
	ssh_argv(&t->ssh, &load, NULL, there);
	p.stage[p.n++] = (struct pipeline_stage){ .name = "docker save",
	    .argv = strv_argv(&save) };
	if (compress.n > 0)
		p.stage[p.n++] = (struct pipeline_stage){
		    .name = compress.v[0], .argv = strv_argv(&compress) };
	p.stage[p.n++] = (struct pipeline_stage){ .name = "docker load",
	    .argv = strv_argv(&load) };
	rc = stream(call, &p, e);
	strv_clear(&save);
	strv_clear(&compress);
	strv_clear(&load);
	return rc;
}

static int
transfer(struct call *call, struct transfer *t, struct error *e)
{
	t->compress = (enum compress)call->choices.compress;
	if (call->choices.print) {
		if (t->compress == COMPRESS_AUTO)
			t->compress = COMPRESS_ZSTD;
		return send_image(call, t, e);
	}
	if (ask_both(t, call, e) == -1)
		return -1;
	if (t->there != NULL && strcmp(t->there, t->id) == 0 &&
	    !call->choices.force) {
		say_note(&call->say, "%s has this very %s already",
		    t->ssh.host, t->image);
		return 0;
	}
	return send_image(call, t, e);
}

/* IMAGE as docker knows it; the caller frees it. */
static char *
image_name(struct call *call, struct error *e)
{
	REFERENCE_AUTO struct reference ref = { 0 };

	if (!call->choices.of_project) {
		if (call->words[0][0] != '-' && call->words[0][0] != '\0')
			return mem_dup(call->words[0]);
		error_usage(e, "'%s' is no image", call->words[0]);
		return NULL;
	}
	if (project_enter(&call->project, &call->say, e) == -1 ||
	    project_check_image(&call->project, call->words[0], true,
	    e) == -1 || reference_make(&ref, &call->project, call->words[0],
	    NULL, NULL, e) == -1)
		return NULL;
	return mem_printf("%s:%s", ref.name, ref.tag);
}

static int
run(struct call *call, struct error *e)
{
	MEM_AUTO char *image = image_name(call, e);
	struct transfer t = { .image = image };
	int rc = -1;

	if (image != NULL && ssh_make(&t.ssh, call, call->words[1],
	    call->choices.identity, e) == 0)
		rc = transfer(call, &t, e);
	transfer_clear(&t);
	return rc;
}

const struct command command_transfer_image = {
	.name = "transfer-image",
	.synopsis = "IMAGE HOST",
	.summary = "copy an image to the docker of another host, by ssh",
	.help =
	    "Copy IMAGE, as docker knows it, to the docker engine of HOST\n"
	    "(USER@HOST, or a dock): docker save, compressed by what both ends\n"
	    "have, through ssh into docker load, with nothing stored on the\n"
	    "way.  Where HOST's user may not use docker, \"sudo docker\" must\n"
	    "ask for no password.  An image that is there already is not sent\n"
	    "again.  The status is that of the first part to fail.\n",
	.options = rows,
	.least = 2,
	.most = 2,
	.argument = ARGUMENT_REFERENCE,
	.run = run,
};
