/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/libexec.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/reference.h"
#include "dockerutils/step.h"
#include "dockerutils/transfer.h"
#include "run/pipeline.h"

/* ssh's own, when there is no connection (any more). */
#define SSH_FAILED	255

/* The program that leaves layers out. */
#define REST	"dexec-archive"

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
	    .help = "all of it, also what the host has already" },
	{ .name = NULL }
};

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

/* Leaves out what is shared; nothing, where that is nothing. */
static void
add_rest(struct strv *argv, const struct transfer *t)
{
	if (t->shared == 0)
		return;
	strv_take(argv, libexec_path(REST));
	strv_push(argv, "rest");
	strv_pushf(argv, "%zu", t->shared);
	strv_pushv(argv, strv_argv(&t->layers));
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

/*
 * Layers were left out, and that is what it did not get on with: another kind
 * of engine, or they are gone meanwhile.
 */
static bool
is_refused(const struct transfer *t, const struct pipeline *p)
{
	const struct pipeline_stage *s = &p->stage[p->failed];
	bool by_us = s->argv == p->stage[1].argv;
	bool by_load = s->argv == p->stage[p->n - 1].argv;

	return t->shared > 0 && p->signo == 0 && (by_us || by_load) &&
	    WIFEXITED(s->wait_status) &&
	    WEXITSTATUS(s->wait_status) != SSH_FAILED;
}

static int
stream(struct call *call, const struct transfer *t, struct pipeline *p,
    bool *refused, struct error *e)
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
	*refused = is_refused(t, p);
	if (*refused)
		say_warning(&call->say, "%s does not take it without the "
		    "layers that it has (%s); sending the whole image",
		    t->ssh.host, report);
	else
		say_warning(&call->say, "the transfer failed at '%s' (%s)",
		    p->stage[p->failed].name, report);
	if (p->signo != 0) {
		call->signo = p->signo;
		return 128 + p->signo;
	}
	return *refused ? 0 :
	    step_status(call, p->stage[p->failed].wait_status);
}

static void
add_stage(struct pipeline *p, const char *name, const struct strv *argv)
{
	if (argv->n > 0)
		p->stage[p->n++] = (struct pipeline_stage){ .name = name,
		    .argv = strv_argv(argv) };
}

/* Without the layers that are shared. */
static int
send_rest(struct call *call, const struct transfer *t, bool *refused,
    struct error *e)
{
	MEM_AUTO char *there = transfer_loader(t);
	MEM_AUTO char *label = mem_printf("%s to %s", t->image, t->ssh.host);
	STRV_AUTO struct strv save = { 0 }, rest = { 0 }, load = { 0 };
	STRV_AUTO struct strv compress = { 0 };
	struct pipeline p = { .label = call->choices.quiet ? NULL : label,
	    .size = t->size };

	docker_argv(&call->docker, &save, "save");
	strv_push(&save, t->image);
	add_rest(&rest, t);
	add_compressor(&compress, t);
	ssh_argv(&t->ssh, &load, NULL, there);
	add_stage(&p, "docker save", &save);
	add_stage(&p, REST, &rest);
	add_stage(&p, strv_argv(&compress)[0], &compress);
	add_stage(&p, "docker load", &load);
	return stream(call, t, &p, refused, e);
}

static int
send_image(struct call *call, struct transfer *t, struct error *e)
{
	bool refused = false;
	int rc;

	if (t->shared > 0)
		say_note(&call->say, "%s has %zu of the %zu layers already",
		    t->ssh.host, t->shared, t->layers.n);
	rc = send_rest(call, t, &refused, e);
	if (!refused)
		return rc;
	t->shared = 0;
	return send_rest(call, t, &refused, e);
}

/* It may not be installed: nothing is left out, then. */
static void
check_rest(struct transfer *t)
{
	MEM_AUTO char *path = libexec_path(REST);

	if (access(path, X_OK) == -1)
		t->shared = 0;
}

static int
transfer(struct call *call, struct transfer *t, struct error *e)
{
	t->compress = (enum compress)call->choices.compress;
	t->whole = call->choices.force;
	if (call->choices.print) {
		if (t->compress == COMPRESS_AUTO)
			t->compress = COMPRESS_ZSTD;
		return send_image(call, t, e);
	}
	if (transfer_ask(t, call, e) == -1)
		return -1;
	if (t->there != NULL && strcmp(t->there, t->id) == 0 && !t->whole) {
		say_note(&call->say, "%s has this very %s already",
		    t->ssh.host, t->image);
		return 0;
	}
	check_rest(t);
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
	    "again, nor are the layers that it has in common, from the first\n"
	    "on, with an image that is there; --print asks nobody and shows how\n"
	    "all of it is sent.  The status is that of the first part to fail.\n",
	.options = rows,
	.least = 2,
	.most = 2,
	.argument = ARGUMENT_REFERENCE,
	.run = run,
};
