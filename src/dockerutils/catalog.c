/* SPDX-License-Identifier: ISC */
#include "dockerutils/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/aws.h"
#include "dockerutils/command.h"
#include "run/loop.h"

/* Ask aws servicecatalog; the answer is the caller's.  NULL: the error is set. */
static json_t *
ask_json(const struct call *call, char *const *argv, struct error *e)
{
	MEM_AUTO char *answer = aws_ask(call, argv, e);
	json_t *root = answer != NULL ? json_loads(answer, 0, NULL) : NULL;

	if (answer != NULL && root == NULL)
		error_set(e, "%s %s %s has not answered with JSON", argv[0],
		    argv[1], argv[2]);
	return root;
}

static json_t *
ask_catalog(const struct call *call, const char *verb, const char *const *words,
    struct error *e)
{
	struct strv argv = { 0 };
	json_t *root;

	aws_argv(&argv, "servicecatalog", verb, (char *)NULL);
	for (; *words != NULL; words++)
		strv_push(&argv, *words);
	strv_push_option(&argv, "--output", "json");
	root = ask_json(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return root;
}

static const char *
text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static int
find_product(struct offer *o, const struct call *call, const char *product,
    struct error *e)
{
	MEM_AUTO char *filter = mem_printf("FullTextSearch=%s", product);
	const char *const words[] = { "--filters", filter, NULL };
	json_t *root = ask_catalog(call, "search-products", words, e);
	const json_t *found = json_array_get(json_object_get(root,
	    "ProductViewSummaries"), 0);

	o->product = mem_dup(text(found, "ProductId"));
	if (root != NULL && o->product == NULL)
		error_set(e, "the service catalog has no product '%s'",
		    product);
	json_decref(root);
	return o->product != NULL ? 0 : -1;
}

static int
find_artifact(struct offer *o, const struct call *call, const char *version,
    struct error *e)
{
	const char *const words[] = { "--id", o->product, NULL };
	json_t *root = ask_catalog(call, "describe-product", words, e);
	const json_t *artifact;
	const char *name;
	size_t n;

	json_array_foreach(json_object_get(root, "ProvisioningArtifacts"), n,
	    artifact) {
		name = text(artifact, "Name");
		if (name != NULL && strcmp(name, version) == 0 &&
		    o->artifact == NULL)
			o->artifact = mem_dup(text(artifact, "Id"));
	}
	if (root != NULL && o->artifact == NULL)
		error_set(e, "the product has no version '%s'", version);
	json_decref(root);
	return o->artifact != NULL ? 0 : -1;
}

/* The last path that a launch constraint stands on. */
static int
find_path(struct offer *o, const struct call *call, struct error *e)
{
	const char *const words[] = { "--product-id", o->product, NULL };
	json_t *root = ask_catalog(call, "list-launch-paths", words, e);
	const json_t *path, *constraint;
	const char *type;
	size_t n, m;

	json_array_foreach(json_object_get(root, "LaunchPathSummaries"), n,
	    path) {
		json_array_foreach(json_object_get(path,
		    "ConstraintSummaries"), m, constraint) {
			type = text(constraint, "Type");
			if (type == NULL || strcmp(type, "LAUNCH") != 0)
				continue;
			free(o->path);
			o->path = mem_dup(text(path, "Id"));
		}
	}
	if (root != NULL && o->path == NULL)
		error_set(e, "the product has no path to launch it by");
	json_decref(root);
	return o->path != NULL ? 0 : -1;
}

static void
take_parameter(struct offer *o, const json_t *parameter)
{
	const char *key = text(parameter, "ParameterKey");
	struct buf values = { 0 };
	const json_t *value;
	size_t n;

	if (key == NULL)
		return;
	json_array_foreach(json_object_get(json_object_get(parameter,
	    "ParameterConstraints"), "AllowedValues"), n, value)
		if (json_is_string(value))
			buf_addf(&values, "%s\n", json_string_value(value));
	strv_push(&o->keys, key);
	strv_take(&o->allowed, buf_steal(&values));
}

static int
find_parameters(struct offer *o, const struct call *call, struct error *e)
{
	const char *const words[] = { "--product-id", o->product,
	    "--provisioning-artifact-id", o->artifact, "--path-id", o->path,
	    NULL };
	json_t *root = ask_catalog(call, "describe-provisioning-parameters",
	    words, e);
	const json_t *parameter;
	size_t n;

	json_array_foreach(json_object_get(root,
	    "ProvisioningArtifactParameters"), n, parameter)
		take_parameter(o, parameter);
	json_decref(root);
	return root != NULL ? 0 : -1;
}

int
catalog_find(struct offer *o, const struct call *call, const char *product,
    const char *version, struct error *e)
{
	if (find_product(o, call, product, e) == -1 ||
	    find_artifact(o, call, version, e) == -1 ||
	    find_path(o, call, e) == -1)
		return -1;
	return find_parameters(o, call, e);
}

const char *
offer_allowed(const struct offer *o, const char *key)
{
	for (size_t i = 0; i < o->keys.n; i++)
		if (strcmp(o->keys.v[i], key) == 0)
			return o->allowed.v[i];
	return NULL;
}

void
offer_clear(struct offer *o)
{
	free(o->product);
	free(o->artifact);
	free(o->path);
	strv_clear(&o->keys);
	strv_clear(&o->allowed);
}

void
catalog_provision_argv(const struct offer *o, struct strv *argv,
    const char *name, const struct strv *parameters, const struct strv *tags,
    const char *token)
{
	aws_argv(argv, "servicecatalog", "provision-product", "--product-id",
	    o->product, "--provisioning-artifact-id", o->artifact, "--path-id",
	    o->path, "--provisioned-product-name", name, (char *)NULL);
	if (parameters->n > 0) {
		strv_push(argv, "--provisioning-parameters");
		strv_pushv(argv, parameters->v);
	}
	if (tags->n > 0) {
		strv_push(argv, "--tags");
		strv_pushv(argv, tags->v);
	}
	strv_push_option(argv, "--provision-token", token);
	strv_push_option(argv, "--output", "json");
}

static void
fired(void *arg)
{
	*(bool *)arg = true;
}

static int
pause_for(int64_t ms, struct error *e)
{
	bool over = false;
	struct loop_timer timer = { .fire = fired, .arg = &over };
	struct loop loop;
	int rc = loop_init(&loop, e);

	if (rc == -1)
		return -1;
	loop_after(&loop, &timer, ms);
	while (rc == 0 && !over)
		rc = loop_round(&loop, e);
	loop_clear(&loop);
	return rc;
}

/* What the record's outputs say, as far as they are there. */
static void
take_outputs(struct provisioned *p, const json_t *root)
{
	const json_t *output;
	const char *key, *value;
	char **into;
	size_t n;

	json_array_foreach(json_object_get(root, "RecordOutputs"), n, output) {
		key = text(output, "OutputKey");
		value = text(output, "OutputValue");
		if (key == NULL || value == NULL)
			continue;
		into = strcmp(key, "PrivateIP") == 0 ? &p->address :
		    strcmp(key, "InstanceID") == 0 ? &p->instance : NULL;
		if (into == NULL)
			continue;
		free(*into);
		*into = mem_dup(value);
	}
}

/* Why it has failed. */
static int
failure(const json_t *record, const char *status, struct error *e)
{
	BUF_AUTO struct buf why = { 0 };
	MEM_AUTO char *shown = NULL;
	const json_t *error;
	size_t n;

	json_array_foreach(json_object_get(record, "RecordErrors"), n, error)
		if (text(error, "Description") != NULL)
			buf_addf(&why, "%s%s", n > 0 ? "; " : "",
			    text(error, "Description"));
	shown = text_printable(buf_text(&why), 2000);
	return error_set(e, "the service catalog says %s: %s", status, shown);
}

/* 1: it has come to a good end, 0: it goes on, -1 with the error set. */
static int
judge(struct provisioned *p, const json_t *root, struct error *e)
{
	const json_t *record = json_object_get(root, "RecordDetail");
	const char *status = text(record, "Status");

	if (status == NULL)
		return error_set(e, "aws servicecatalog has answered with "
		    "something else");
	if (strcmp(status, "FAILED") == 0 ||
	    strcmp(status, "IN_PROGRESS_IN_ERROR") == 0)
		return failure(record, status, e);
	take_outputs(p, root);
	return strcmp(status, "SUCCEEDED") == 0;
}

static int
follow(struct provisioned *p, const struct call *call, const char *id,
    int64_t poll, int64_t limit, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	int64_t end = clock_now() + limit;
	json_t *root;
	int rc = 0;

	aws_argv(&argv, "servicecatalog", "describe-record", "--id", id,
	    "--output", "json", (char *)NULL);
	if (p->dock != NULL)
		aws_add_account(&argv, p->dock);
	while (rc == 0) {
		root = ask_json(call, strv_argv(&argv), e);
		rc = root != NULL ? judge(p, root, e) : -1;
		json_decref(root);
		if (rc != 0)
			break;
		if (clock_now() > end)
			return error_set(e, "it has not come to an end yet: "
			    "see aws servicecatalog describe-record --id %s",
			    id);
		putchar('.');
		fflush(stdout);
		rc = pause_for(poll, e);
	}
	return rc == -1 ? -1 : 0;
}

int
catalog_follow(struct provisioned *p, const struct call *call,
    char *const *argv, int64_t poll, int64_t limit, struct error *e)
{
	json_t *root = ask_json(call, argv, e);
	const json_t *record = json_object_get(root, "RecordDetail");
	MEM_AUTO char *id = mem_dup(text(record, "RecordId"));
	int rc = -1;

	p->product = mem_dup(text(record, "ProvisionedProductId"));
	json_decref(root);
	if (id != NULL)
		rc = follow(p, call, id, poll, limit, e);
	else if (root != NULL)
		error_set(e, "aws servicecatalog has answered with something "
		    "else");
	putchar('\n');
	return rc;
}

void
provisioned_clear(struct provisioned *p)
{
	free(p->product);
	free(p->address);
	free(p->instance);
	*p = (struct provisioned){ 0 };
}
