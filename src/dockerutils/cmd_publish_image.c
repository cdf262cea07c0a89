/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/aws.h"
#include "dockerutils/reference.h"
#include "dockerutils/step.h"
#include "run/ask.h"
#include "run/pipeline.h"

#define INVALID_TARGET	255	/* what it has always ended with then */

static const struct option_row rows[] = {
	{ .letter = 'i', .name = "image_name", .kind = OPTION_TEXT,
	    .offset = CHOICE(image_name), .value = "NAME",
	    .help = "publish the image of this name" },
	{ .letter = 't', .name = "image_tag", .kind = OPTION_TEXT,
	    .offset = CHOICE(image_tag), .value = "TAG",
	    .help = "publish the one with this tag" },
	{ .letter = 'l', .name = "login", .kind = OPTION_BOOL,
	    .offset = CHOICE(login),
	    .help = "log in to Docker Hub, or the registry, before" },
	{ .name = NULL }
};

enum repository { REPOSITORY_AWS, REPOSITORY_HUB, REPOSITORY_OTHER };

struct publication {
	enum repository kind;
	char *host;		/* of REPOSITORY_OTHER */
	struct reference image;
	char *account, *region;	/* of AWS, else "" */
	char *target;		/* what is pushed: HOST/PATH:TAG */
	char *registry;		/* its HOST, "" without one */
	char *path;		/* its PATH */
};

static void
publication_clear(struct publication *p)
{
	reference_clear(&p->image);
	free(p->host);
	free(p->account);
	free(p->region);
	free(p->target);
	free(p->registry);
	free(p->path);
}

static int
read_kind(struct publication *p, const struct call *call, struct error *e)
{
	VALUE_AUTO struct value repo = { 0 };
	const char *text;

	if (project_value(&call->project, call->words[0], "image_repo", &repo,
	    e) == -1)
		return -1;
	text = repo.text != NULL ? repo.text : "";
	if (strcmp(text, "aws") == 0 || strcmp(text, "ecr") == 0) {
		p->kind = REPOSITORY_AWS;
	} else if (*text == '\0' || strcmp(text, "docker_hub") == 0 ||
	    strcmp(text, "docker") == 0 || strcmp(text, "hub") == 0) {
		p->kind = REPOSITORY_HUB;
	} else if (strpbrk(text, ".:") != NULL ||
	    strcmp(text, "localhost") == 0) {
		p->kind = REPOSITORY_OTHER;
		p->host = mem_dup(text);
	} else {
		error_set(e, "invalid publication target: image_repo is aws, "
		    "docker_hub, or a registry's host");
		project_blame(&call->project, &repo, e);
		e->status = INVALID_TARGET;
		return -1;
	}
	return 0;
}

static int
read_aws(struct publication *p, const struct call *call, struct error *e)
{
	struct strv argv = { 0 };

	if (p->kind != REPOSITORY_AWS) {
		p->account = mem_dup("");
		p->region = mem_dup("");
		return 0;
	}
	p->region = aws_region(call, e);
	if (p->region == NULL)
		return -1;
	aws_argv(&argv, "sts", "get-caller-identity", "--query", "Account",
	    "--output", "text", (char *)NULL);
	p->account = aws_ask(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return p->account != NULL ? 0 : -1;
}

/* What the key says; of the README's own example a stray " is at its end. */
static int
read_target(struct publication *p, const struct call *call, struct error *e)
{
	const struct variable variables[] = { { "account", p->account },
	    { "region", p->region }, { "image", p->image.name },
	    { "tag", p->image.tag }, { "user", call->project.user },
	    { NULL, NULL } };
	const struct replacing r = { variables, BRACES_STRICT, false };
	VALUE_AUTO struct value tag = { 0 };
	BUF_AUTO struct buf text = { 0 };
	size_t n;

	if (project_value(&call->project, call->words[0], "publication_tag",
	    &tag, e) == -1)
		return -1;
	n = tag.text != NULL ? strlen(tag.text) : 0;
	if (tag.text != NULL && n > 0 && tag.text[n - 1] == '"' &&
	    strchr(tag.text, '"') == tag.text + n - 1)
		tag.text[n - 1] = '\0';
	if (tag.text == NULL || *tag.text == '\0') {
		if (p->kind != REPOSITORY_OTHER)
			return error_set(e, "[%s] has no publication_tag, "
			    "which says what to publish it as",
			    call->words[0]);
		buf_addf(&text, "%s/%s:%s", p->host, p->image.name,
		    p->image.tag);
	} else if (words_unquote(&text, tag.text, &r, e) == -1) {
		return project_blame(&call->project, &tag, e);
	}
	p->target = buf_steal(&text);
	if (reference_check(p->target, e) == -1)
		return project_blame(&call->project, &tag, e);
	return 0;
}

/* Cut the target into registry and path. */
static void
cut_target(struct publication *p)
{
	const char *slash = strchr(p->target, '/'), *path = p->target;
	size_t host = slash != NULL ? (size_t)(slash - p->target) : 0;

	p->registry = mem_printf("%.*s", (int)host, p->target);
	if (strpbrk(p->registry, ".:") == NULL &&
	    strcmp(p->registry, "localhost") != 0)
		p->registry[0] = '\0';
	if (slash != NULL && *p->registry != '\0')
		path = slash + 1;
	p->path = mem_printf("%.*s", (int)strcspn(path, ":@"), path);
}

static int
read_publication(struct publication *p, const struct call *call,
    struct error *e)
{
	const struct choices *c = &call->choices;

	if (read_kind(p, call, e) == -1 ||
	    reference_make(&p->image, &call->project, call->words[0],
	    c->image_name, c->image_tag, e) == -1 ||
	    read_aws(p, call, e) == -1 || read_target(p, call, e) == -1)
		return -1;
	cut_target(p);
	if (p->kind == REPOSITORY_AWS && *p->registry == '\0')
		return error_set(e, "publication_tag '%s' names no registry, "
		    "such as %s.dkr.ecr.%s.amazonaws.com", p->target,
		    p->account, p->region);
	return 0;
}

/* Show and run "A | B". */
static int
run_pair(struct call *call, struct pipeline *p, struct error *e)
{
	MEM_AUTO char *first = text_quote_argv(p->stage[0].argv);
	MEM_AUTO char *second = text_quote_argv(p->stage[1].argv);
	MEM_AUTO char *report = NULL;

	step_show_text(call, "%s | %s", first, second);
	if (call->choices.print)
		return 0;
	if (pipeline_run(p, e) == -1)
		return -1;
	if (p->failed == -1)
		return 0;
	report = pipeline_report(p);
	say_warning(&call->say, "login failed: %s", report);
	call->signo = p->signo;
	return step_status(call, p->stage[p->failed].wait_status);
}

/* The password goes from one program to the other, and is nowhere else. */
static int
log_in_aws(struct call *call, const struct publication *p, struct error *e)
{
	struct strv password = { 0 }, login = { 0 };
	struct pipeline pair = { .n = 2 };
	int rc;

	aws_argv(&password, "ecr", "get-login-password", "--region", p->region,
	    (char *)NULL);
	docker_argv(&call->docker, &login, "login");
	strv_push_option(&login, "--username", "AWS");
	strv_push(&login, "--password-stdin");
	strv_push(&login, p->registry);
	pair.stage[0] = (struct pipeline_stage){ .name = "aws",
	    .argv = strv_argv(&password) };
	pair.stage[1] = (struct pipeline_stage){ .name = "docker login",
	    .argv = strv_argv(&login) };
	rc = run_pair(call, &pair, e);
	strv_clear(&password);
	strv_clear(&login);
	return rc;
}

/* What is pushed to ECR must have been created there. */
static int
create_repository(struct call *call, const struct publication *p,
    struct error *e)
{
	struct strv look = { 0 }, create = { 0 };
	ERROR_AUTO struct error missing = { 0 };
	MEM_AUTO char *found = NULL;
	int rc = 0;

	aws_argv(&look, "ecr", "describe-repositories", "--repository-names",
	    p->path, "--region", p->region, (char *)NULL);
	aws_argv(&create, "ecr", "create-repository", "--repository-name",
	    p->path, "--region", p->region, (char *)NULL);
	if (!call->choices.print)
		found = aws_ask(call, strv_argv(&look), &missing);
	if (found == NULL)
		rc = step_run(call, strv_argv(&create), e);
	strv_clear(&look);
	strv_clear(&create);
	return rc;
}

static int
log_in(struct call *call, const struct publication *p, struct error *e)
{
	struct strv argv = { 0 };
	int rc;

	if (p->kind == REPOSITORY_AWS) {
		rc = log_in_aws(call, p, e);
		return rc == 0 ? create_repository(call, p, e) : rc;
	}
	if (!call->choices.login)
		return 0;
	docker_argv(&call->docker, &argv, "login");
	if (*p->registry != '\0')
		strv_push(&argv, p->registry);
	rc = step_run(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

static int
run_docker(struct call *call, const char *verb, const char *one,
    const char *two, struct error *e)
{
	struct strv argv = { 0 };
	int rc;

	docker_argv(&call->docker, &argv, verb);
	strv_push(&argv, one);
	if (two != NULL)
		strv_push(&argv, two);
	rc = step_run(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

static int
publish(struct call *call, const struct publication *p, struct error *e)
{
	MEM_AUTO char *image = mem_printf("%s:%s", p->image.name,
	    p->image.tag);
	int rc = log_in(call, p, e);

	if (rc == 0)
		rc = run_docker(call, "tag", image, p->target, e);
	if (rc == 0)
		rc = run_docker(call, "push", p->target, NULL, e);
	return rc;
}

static int
run(struct call *call, struct error *e)
{
	struct publication p = { 0 };
	int rc;

	rc = project_check_image(&call->project, call->words[0], false, e);
	if (rc == 0)
		rc = read_publication(&p, call, e);
	if (rc == 0)
		rc = publish(call, &p, e);
	publication_clear(&p);
	return rc;
}

const struct command command_publish_image = {
	.name = "publish-image",
	.synopsis = "IMAGE",
	.summary = "push an image of the project to a registry",
	.help =
	    "Tag IMAGE, a directory below docker/, as its section's\n"
	    "publication_tag says, and push it.  image_repo says where to: aws\n"
	    "(the aws program logs in to ECR, and creates the repository where\n"
	    "it is not there), docker_hub, or a registry's host.  In\n"
	    "publication_tag {account}, {region}, {image}, {tag} and {user}\n"
	    "are replaced.\n",
	.options = rows,
	.least = 1,
	.most = 1,
	.argument = ARGUMENT_IMAGE,
	.project = true,
	.run = run,
};
