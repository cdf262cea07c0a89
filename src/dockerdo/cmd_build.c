/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "dockerdo/engine.h"
#include "dockerdo/fields.h"
#include "dockerdo/image_name.h"
#include "dockerdo/overlay.h"
#include "dockerdo/step.h"

#define LARGEST	(16 * 1024 * 1024)

static const struct option_row rows[] = {
	{ .name = "remote", .kind = OPTION_BOOL,
	    .offset = CHOICE(build_there),
	    .help = "on the remote host, in the build directory there" },
	{ .letter = 't', .name = "overlay-tag", .kind = OPTION_TEXT,
	    .offset = CHOICE(overlay_tag), .value = "TAG",
	    .help = "what to call the image" },
	{ .name = NULL }
};

/* The file, which is written where there is none. */
static int
read_overlay(const struct call *call, struct buf *text, struct error *e)
{
	if (file_read(OVERLAY_FILE, LARGEST, text) == 0)
		return overlay_check(buf_text(text), &call->session, e);
	if (errno != ENOENT)
		return error_system(e, "cannot read " OVERLAY_FILE);
	if (overlay_text(text, &call->session, e) == -1)
		return -1;
	if (!call->choices.dry_run &&
	    file_replace(OVERLAY_FILE, text->data, text->len) == -1)
		return error_system(e, "cannot write " OVERLAY_FILE);
	return 0;
}

/* "~/" is $HOME, as a shell would have made it. */
static int
read_key(const struct call *call, struct buf *key, struct error *e)
{
	const char *path = call->settings.ssh_key_path;
	const char *home = settings_home(e);
	MEM_AUTO char *whole = NULL;

	if (home == NULL)
		return -1;
	if (path == NULL)
		return error_set(e, "ssh_key_path is not set");
	whole = strncmp(path, "~/", 2) == 0 ? mem_printf("%s%s", home,
	    path + 1) : mem_dup(path);
	if (file_read(whole, LARGEST, key) == -1)
		return error_system(e, "cannot read the public key %s "
		    "(ssh_key_path)", whole);
	while (key->len > 0 && strchr(" \t\r\n", key->data[key->len - 1]) !=
	    NULL)
		key->data[--key->len] = '\0';
	return 0;
}

static int
make_words(const struct call *call, const char *tag, const char *file,
    bool wants_key, struct strv *words, struct error *e)
{
	BUF_AUTO struct buf key = { 0 };

	strv_push(words, "build");
	strv_push_option(words, "-t", tag);
	if (wants_key) {
		if (read_key(call, &key, e) == -1)
			return -1;
		strv_push(words, "--build-arg");
		strv_pushf(words, OVERLAY_KEY "=%s", buf_text(&key));
	}
	strv_push_option(words, "-f", file);
	strv_push(words, ".");
	return 0;
}

/* There the Dockerfile comes by standard input, and nothing is copied. */
static int
build_there(struct call *call, const char *tag, bool wants_key,
    struct error *e)
{
	STRV_AUTO struct strv words = { 0 };
	STRV_AUTO struct strv argv = { 0 };
	FD_AUTO int fd = -1;

	if (make_words(call, tag, "-", wants_key, &words, e) == -1)
		return -1;
	engine_argv(call, strv_argv(&words), &argv);
	if (call->choices.dry_run)
		return step_run(call, strv_argv(&argv), e);
	fd = open(OVERLAY_FILE, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return error_system(e, "cannot read " OVERLAY_FILE);
	return step_run_from(call, strv_argv(&argv), fd, e);
}

static int
build_here(struct call *call, const char *tag, bool wants_key,
    struct error *e)
{
	STRV_AUTO struct strv words = { 0 };
	STRV_AUTO struct strv argv = { 0 };
	MEM_AUTO char *here = getcwd(NULL, 0);
	MEM_AUTO char *file = NULL;

	if (here == NULL)
		return error_system(e, "cannot tell the current directory");
	file = mem_printf("%s/" OVERLAY_FILE, here);
	if (make_words(call, tag, file, wants_key, &words, e) == -1)
		return -1;
	strv_push(&argv, call->docker.program);
	strv_pushv(&argv, strv_argv(&words));
	return step_run(call, strv_argv(&argv), e);
}

static int
set_tag(struct session *s, void *arg, struct error *e)
{
	(void)e;
	fields_set(&s->image_tag, arg);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	BUF_AUTO struct buf text = { 0 };
	MEM_AUTO char *tag = NULL;
	bool wants_key;
	int status;

	if (call->choices.build_there && s->remote_host == NULL)
		return error_set(e, "the session has no remote host");
	if (read_overlay(call, &text, e) == -1)
		return -1;
	tag = call->choices.overlay_tag != NULL ?
	    mem_dup(call->choices.overlay_tag) :
	    image_name(call->settings.default_image_name_template,
	    s->base_image, s->docker_registry, s->name, e);
	if (tag == NULL)
		return -1;
	wants_key = overlay_wants_key(buf_text(&text));
	status = call->choices.build_there ?
	    build_there(call, tag, wants_key, e) :
	    build_here(call, tag, wants_key, e);
	if (status != 0 || call->choices.dry_run)
		return status;
	return session_change(&call->session, set_tag, tag, e);
}

const struct command command_build = {
	.name = "build",
	.synopsis = "",
	.summary = "build the session's image from Dockerfile.dockerdo",
	.help =
	    "Build the session's image by Dockerfile.dockerdo in the current\n"
	    "directory, which is written where there is none, and have\n"
	    "dockerdo run take that instead of the base image.\n",
	.options = rows,
	.session = true,
	.run = run,
};
