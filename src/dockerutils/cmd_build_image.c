/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/build_order.h"
#include "dockerutils/dockerfile.h"
#include "dockerutils/pip_conf.h"
#include "dockerutils/reference.h"
#include "dockerutils/script.h"
#include "dockerutils/step.h"
#include "dockerutils/version_file.h"
#include "run/ask.h"

static const struct option_row rows[] = {
	{ .letter = 'f', .name = "force_build_base", .kind = OPTION_BOOL,
	    .offset = CHOICE(force),
	    .help = "build base first, and pull where pull_FROM_on_force" },
	{ .letter = 'i', .name = "image_name", .kind = OPTION_TEXT,
	    .offset = CHOICE(image_name), .value = "NAME",
	    .help = "call the image NAME" },
	{ .letter = 't', .name = "image_tag", .kind = OPTION_TEXT,
	    .offset = CHOICE(image_tag), .value = "TAG",
	    .help = "give it the tag TAG" },
	{ .letter = 'p', .name = "pull_base", .kind = OPTION_BOOL,
	    .offset = CHOICE(pull),
	    .help = "pull the images that it is built from" },
	{ .name = "no-scripts", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_scripts),
	    .help = "leave out pre_build_script and post_build_script" },
	{ .name = "no-builder", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_builder),
	    .help = "do not build and tag a stage called builder by itself" },
	{ .name = "no-compress", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_compress),
	    .help = "leave out --compress, which not every docker knows" },
	{ .name = NULL }
};

/* One image being built. */
struct build {
	const char *image;
	bool requested;		/* by its name: options are about it */
	size_t number, of;	/* which one it is of several; 0: not told */
	bool pull, compress, builder, secret;
	struct dockerfile file;
	struct reference reference;
	struct strv args;	/* of key build_args */
};

/* What is true or false about it: by its section, and by options. */
static int
read_flags(struct build *b, const struct call *call, struct error *e)
{
	const struct project *p = &call->project;
	const struct choices *c = &call->choices;

	if (project_flag(p, b->image, "pull_FROM_on_force", false, &b->pull,
	    e) == -1 ||
	    project_flag(p, b->image, "compress", true, &b->compress,
	    e) == -1 ||
	    project_flag(p, b->image, "builder_stage", true, &b->builder,
	    e) == -1 ||
	    project_flag(p, b->image, "pip_secret", false, &b->secret,
	    e) == -1)
		return -1;
	b->pull = c->pull || (c->force && b->pull);
	b->compress = b->compress && !c->no_compress;
	b->builder = b->builder && !c->no_builder && b->file.builder;
	return 0;
}

static int
read_build(struct build *b, const struct call *call, struct error *e)
{
	const struct project *p = &call->project;
	const struct choices *c = &call->choices;
	const struct replacing r = { p->variables, BRACES_KNOWN, true };
	VALUE_AUTO struct value args = { 0 };

	if (dockerfile_read(&b->file, b->image, e) == -1)
		return -1;
	if (!b->file.exists)
		return 0;
	if (reference_make(&b->reference, p, b->image,
	    b->requested ? c->image_name : NULL,
	    b->requested ? c->image_tag : NULL, e) == -1 ||
	    read_flags(b, call, e) == -1 ||
	    project_value(p, b->image, "build_args", &args, e) == -1)
		return -1;
	if (args.text != NULL && words_add(&b->args, args.text, &r, e) == -1)
		return project_blame(p, &args, e);
	return 0;
}

static void
build_clear(struct build *b)
{
	dockerfile_clear(&b->file);
	reference_clear(&b->reference);
	strv_clear(&b->args);
}

static void
add_secret(struct strv *argv, const struct build *b)
{
	const char *source = b->secret ? pip_conf_source() : NULL;

	if (source == NULL)
		return;
	strv_push(argv, "--secret");
	strv_pushf(argv, "id=pip,src=%s", source);
}

/* SUFFIX and TARGET: of the stage that is built for itself, or "" and NULL. */
static int
docker_build(struct call *call, const struct build *b, const char *suffix,
    const char *target, struct error *e)
{
	struct strv argv = { 0 };
	int rc;

	docker_argv(&call->docker, &argv, "build");
	if (b->pull)
		strv_push(&argv, "--pull");
	if (b->compress)
		strv_push(&argv, "--compress");
	strv_push(&argv, "-t");
	strv_pushf(&argv, "%s%s:%s", b->reference.name, suffix,
	    b->reference.tag);
	strv_push(&argv, "-f");
	strv_pushf(&argv, "docker/%s/Dockerfile", b->image);
	strv_push_option(&argv, "--target", target);
	add_secret(&argv, b);
	strv_pushv(&argv, strv_argv(&b->args));
	strv_push(&argv, ".");
	rc = step_run(call, strv_argv(&argv), e);
	strv_clear(&argv);
	if (rc > 0)
		say_warning(&call->say, "docker build failed: %d", rc);
	return rc;
}

static int
build(struct call *call, struct build *b, struct error *e)
{
	int rc;

	rc = script_run(call, b->image, "pre_build_script",
	    "pre-build-script", e);
	if (rc > 0)
		say_warning(&call->say, "pre-build-script failed: %d", rc);
	if (rc == 0 && b->builder)
		rc = docker_build(call, b, "-builder", "builder", e);
	if (rc == 0)
		rc = docker_build(call, b, "", NULL, e);
	if (rc == 0)
		rc = script_run(call, b->image, "post_build_script",
		    "post-build-script", e);
	return rc;
}

/* How far we are, for who sits there; docker tells of each one. */
static void
tell_progress(const struct call *call, const struct build *b)
{
	if (b->of > 1 && isatty(STDERR_FILENO))
		say_note(&call->say, "%zu of %zu: %s:%s", b->number, b->of,
		    b->reference.name, b->reference.tag);
}

static int
build_image(struct call *call, struct build *b, struct error *e)
{
	int rc = read_build(b, call, e);

	if (rc == 0 && b->file.exists) {
		tell_progress(call, b);
		rc = build(call, b, e);
	}
	build_clear(b);
	return rc;
}

static bool
has_dockerfile(const char *image)
{
	MEM_AUTO char *path = mem_printf("docker/%s/Dockerfile", image);

	return access(path, F_OK) == 0;
}

static int
build_each(struct call *call, const struct strv *images, struct error *e)
{
	const char *request = call->words[0];
	bool all = strcmp(request, "all") == 0;
	size_t number = 0, of = 0;
	int rc = 0;

	for (size_t i = 0; i < images->n && !call->choices.print; i++)
		of += has_dockerfile(images->v[i]);
	for (size_t i = 0; rc == 0 && i < images->n; i++) {
		const char *image = images->v[i];
		struct build b = { .image = image, .of = of,
		    .requested = all || strcmp(request, image) == 0 };

		number += has_dockerfile(image);
		b.number = number;
		rc = build_image(call, &b, e);
	}
	return rc;
}

/* It need not lie in the tree for builds that take it as a secret. */
static int
begin_pip_conf(struct pip_conf *pip, const struct call *call,
    const struct strv *images, struct error *e)
{
	bool copy = false, secret;

	for (size_t i = 0; i < images->n; i++) {
		if (!has_dockerfile(images->v[i]))
			continue;
		if (project_flag(&call->project, images->v[i], "pip_secret",
		    false, &secret, e) == -1)
			return -1;
		copy |= !secret;
	}
	if (copy)
		return pip_conf_begin(pip, e);
	pip->missing = pip_conf_source() == NULL;
	return 0;
}

/* With what has to be there around it. */
static int
build_all(struct call *call, const struct strv *images, struct error *e)
{
	struct pip_conf pip = { .lock = -1 };
	int rc;

	if (!call->choices.print) {
		if (version_file_write(&call->project, e) == -1 ||
		    begin_pip_conf(&pip, call, images, e) == -1)
			return -1;
		if (pip.missing)
			printf("No pip.conf found, will not pull packages "
			    "from custom package manager\n");
	}
	rc = build_each(call, images, e);
	pip_conf_end(&pip);
	return rc;
}

/* Docker has an image of that name. */
static bool
is_there(const struct call *call, const char *name)
{
	struct question q = { 0 };
	ERROR_AUTO struct error e = { 0 };
	bool there;

	docker_argv(&call->docker, &q.argv, "image");
	strv_push(&q.argv, "inspect");
	strv_push(&q.argv, "--format={{.Id}}");
	strv_push(&q.argv, name);
	there = ask(&q, 1, 0, &call->say, &e) == 0 && question_answered(&q);
	question_clear(&q);
	return there;
}

static int
remove_image(struct call *call, const struct build *b, const char *suffix,
    struct error *e)
{
	MEM_AUTO char *name = mem_printf("%s%s:%s", b->reference.name, suffix,
	    b->reference.tag);
	struct strv argv = { 0 };
	int rc;

	if (!call->choices.print && !is_there(call, name))
		return 0;
	docker_argv(&call->docker, &argv, "rmi");
	strv_push(&argv, name);
	rc = step_run(call, strv_argv(&argv), e);
	strv_clear(&argv);
	/* One that is in use stays; only a signal is an end. */
	return rc > 0 && call->signo == 0 ? 0 : rc;
}

static int
clean(struct call *call, struct error *e)
{
	const struct project *p = &call->project;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->images.n; i++) {
		struct build b = { .image = p->images.v[i] };

		rc = read_build(&b, call, e);
		if (rc == 0 && b.file.exists)
			rc = remove_image(call, &b, "", e);
		if (rc == 0 && b.file.builder)
			rc = remove_image(call, &b, "-builder", e);
		build_clear(&b);
	}
	return rc;
}

static bool
has_base(const struct project *p)
{
	for (size_t i = 0; i < p->images.n; i++)
		if (strcmp(p->images.v[i], "base") == 0)
			return true;
	return false;
}

static int
select_images(struct strv *images, const struct call *call, struct error *e)
{
	const char *image = call->words[0];

	if (strcmp(image, "all") == 0) {
		if (call->choices.image_name != NULL)
			return error_usage(e, "--image_name is for one image, "
			    "not for all");
		return build_order(images, &call->project, e);
	}
	if (project_check_image(&call->project, image, false, e) == -1)
		return -1;
	if (call->choices.force && has_base(&call->project) &&
	    strcmp(image, "base") != 0)
		strv_push(images, "base");
	strv_push(images, image);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	struct strv images = { 0 };
	int rc;

	if (strcmp(call->words[0], "clean") == 0)
		return clean(call, e);
	rc = select_images(&images, call, e);
	if (rc == 0)
		rc = build_all(call, &images, e);
	strv_clear(&images);
	return rc;
}

const struct command command_build_image = {
	.name = "build-image",
	.synopsis = "{all|clean|IMAGE}",
	.summary = "build images of the project, or remove them",
	.help =
	    "Build IMAGE, a directory below docker/, by its Dockerfile; all of\n"
	    "them, each behind those it is made from; or remove (clean) what\n"
	    "was built.  A stage called builder is built and tagged by itself\n"
	    "before, as NAME-builder.  The image's section in\n"
	    "docker/dockerutils.cfg is asked for name, tag, prefix, build_args,\n"
	    "pre_build_script, post_build_script, pull_FROM_on_force, compress,\n"
	    "builder_stage and pip_secret.\n",
	.options = rows,
	.least = 1,
	.most = 1,
	.argument = ARGUMENT_IMAGE,
	.project = true,
	.run = run,
};
