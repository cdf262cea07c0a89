/* SPDX-License-Identifier: ISC */
#include "dockerutils/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/command.h"
#include "dockerutils/layers.h"
#include "run/ask.h"

/*
 * Run there, with the image and its first layer: which compressors and which
 * docker there are, the image's ID, and the layers of all images that begin
 * with that layer.  An engine that keeps images in containerd takes an archive
 * where something is missing, and has an image then that cannot be run.
 */
#define PROBE \
	"for z in zstd gzip; do " \
	"command -v $z >/dev/null 2>&1 && echo has $z; done; d=docker; " \
	"docker version >/dev/null 2>&1 || " \
	"{ sudo -n docker version >/dev/null 2>&1 && d='sudo -n docker'; }; " \
	"echo docker $d; " \
	"i=$($d image inspect --format '{{.Id}}' \"$1\" 2>/dev/null); " \
	"echo id $i; " \
	"if [ -n \"$2\" ] && " \
	"s=$($d info --format '{{.Driver}} {{.DriverStatus}}' 2>/dev/null); " \
	"then case $s in *io.containerd*) ;; *) " \
	"$d image ls -q --no-trunc | sort -u | xargs -r $d image inspect " \
	"--format 'layers {{json .RootFS.Layers}}' 2>/dev/null | " \
	"grep -F \"layers [\\\"$2\\\"\" ;; esac; fi; " \
	"echo end"

enum { IMAGE, ZSTD, GZIP, HERE };

static void
set_here(struct question q[HERE], const struct transfer *t,
    const struct call *call)
{
	docker_argv(&call->docker, &q[IMAGE].argv, "image");
	strv_push(&q[IMAGE].argv, "inspect");
	strv_push_option(&q[IMAGE].argv, "--format",
	    "{{.Id}} {{.Size}} {{json .RootFS.Layers}}");
	strv_push(&q[IMAGE].argv, t->image);
	strv_push_option(&q[ZSTD].argv, "zstd", "--version");
	strv_push_option(&q[GZIP].argv, "gzip", "--version");
}

static void
set_there(struct question *q, const struct transfer *t)
{
	bool any = t->layers.n > 0 && !t->whole;
	BUF_AUTO struct buf line = { 0 };

	buf_add_text(&line, "exec sh -c ");
	text_quote(&line, PROBE);
	buf_add_text(&line, " sh ");
	text_quote(&line, t->image);
	buf_add_byte(&line, ' ');
	text_quote(&line, any ? t->layers.v[0] : "");
	/* A question cannot ask for a password. */
	ssh_argv(&t->ssh, &q->argv, "BatchMode=yes", buf_text(&line));
}

static int
take_image(struct transfer *t, const struct question *q, struct error *e)
{
	MEM_AUTO char *why = NULL;
	const char *text = buf_text(&q->capture.out);
	char *end;

	if (!question_answered(q)) {
		why = question_complaint(q);
		return error_set(e, "%s cannot be transferred: %s", t->image,
		    why);
	}
	t->id = mem_printf("%.*s", (int)strcspn(text, " \r\n"), text);
	t->size = strtoull(text + strcspn(text, " "), &end, 10);
	layers_read(&t->layers, end);
	return 0;
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
both_have(const struct question *here, const char *there, const char *program)
{
	MEM_AUTO char *line = mem_printf("has %s\n", program);

	return question_answered(here) && strstr(there, line) != NULL;
}

/* One that we cannot ask may still be one that takes what we send. */
static void
take_there(struct transfer *t, const struct question *there,
    const struct question here[HERE], const struct call *call)
{
	const char *text = buf_text(&there->capture.out);
	MEM_AUTO char *why = NULL;

	if (!question_answered(there)) {
		why = question_complaint(there);
		say_note(&call->say, "%s does not say what it has (%s); going "
		    "on with gzip", t->ssh.host, why);
		t->compress = t->compress == COMPRESS_AUTO ? COMPRESS_GZIP :
		    t->compress;
		return;
	}
	t->docker = line_of(text, "docker");
	t->there = line_of(text, "id");
	t->shared = t->whole ? 0 : layers_shared(&t->layers, text);
	if (t->compress == COMPRESS_AUTO)
		t->compress = both_have(&here[ZSTD], text, "zstd") ?
		    COMPRESS_ZSTD : both_have(&here[GZIP], text, "gzip") ?
		    COMPRESS_GZIP : COMPRESS_NONE;
}

static int
put(struct question *q, size_t n, const struct call *call, struct error *e)
{
	int rc = ask(q, n, 0, &call->say, e);

	return rc > 0 ? error_set(e, "interrupted") : rc;
}

int
transfer_ask(struct transfer *t, const struct call *call, struct error *e)
{
	struct question here[HERE] = { 0 }, there = { 0 };
	int rc;

	set_here(here, t, call);
	rc = put(here, HERE, call, e);
	if (rc == 0)
		rc = take_image(t, &here[IMAGE], e);
	if (rc == 0) {
		set_there(&there, t);
		rc = put(&there, 1, call, e);
	}
	if (rc == 0)
		take_there(t, &there, here, call);
	for (size_t i = 0; i < HERE; i++)
		question_clear(&here[i]);
	question_clear(&there);
	return rc;
}

char *
transfer_loader(const struct transfer *t)
{
	const char *docker = t->docker != NULL ? t->docker : "docker";
	const char *unpack = t->compress == COMPRESS_ZSTD ? "zstd -dcq | " :
	    t->compress == COMPRESS_GZIP ? "gzip -dc | " : "";

	return mem_printf("%s%s load", unpack, docker);
}

void
transfer_clear(struct transfer *t)
{
	ssh_clear(&t->ssh);
	strv_clear(&t->layers);
	free(t->id);
	free(t->there);
	free(t->docker);
}
