/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/aws.h"
#include "dockerutils/catalog.h"
#include "dockerutils/context.h"
#include "dockerutils/docks.h"

#define POLL	2000
#define LIMIT	(30 * 60 * 1000)

static const struct option_row rows[] = {
	{ .letter = 'i', .name = "instance_type", .kind = OPTION_TEXT,
	    .offset = CHOICE(instance_type), .value = "TYPE",
	    .help = "the instance's type" },
	{ .letter = 's', .name = "subnet_id", .kind = OPTION_TEXT,
	    .offset = CHOICE(subnet), .value = "SUBNET",
	    .help = "its subnet" },
	{ .letter = 'v', .name = "volume_size", .kind = OPTION_NUMBER,
	    .offset = CHOICE(volume_size), .value = "GB", .least = 1,
	    .help = "the size of its disk" },
	{ .letter = 'n', .name = "product_name", .kind = OPTION_TEXT,
	    .offset = CHOICE(product), .value = "PRODUCT",
	    .help = "what the service catalog calls it (Basic EC2 Instance)" },
	{ .letter = 'V', .name = "product_version", .kind = OPTION_TEXT,
	    .offset = CHOICE(product_version), .value = "VERSION",
	    .help = "and in which version (latest)" },
	{ .letter = 't', .name = "tag", .kind = OPTION_LIST,
	    .offset = CHOICE(tags), .value = "KEY=VALUE",
	    .help = "one more tag" },
	{ .name = "poll", .kind = OPTION_TIME, .offset = CHOICE(poll),
	    .value = "TIME",
	    .help = "ask how it goes every TIME (2s)" },
	{ .name = "limit", .kind = OPTION_TIME, .offset = CHOICE(limit),
	    .value = "TIME",
	    .help = "wait no longer than TIME (30m)" },
	{ .name = NULL }
};

/* LINES, each ended by a newline, has TEXT as one of them. */
static bool
has_line(const char *lines, const char *text)
{
	size_t n = strlen(text);

	for (; *lines != '\0'; lines += strcspn(lines, "\n") + 1)
		if (strncmp(lines, text, n) == 0 && lines[n] == '\n')
			return true;
	return false;
}

/* Add it, if it is given; one that the product does not take is an error. */
static int
add_parameter(struct strv *parameters, const struct offer *o, const char *key,
    const char *value, struct error *e)
{
	const char *allowed = offer_allowed(o, key);
	MEM_AUTO char *shown = NULL, *list = NULL;

	if (value == NULL)
		return 0;
	shown = text_printable(value, 60);
	if (allowed == NULL)
		return error_set(e, "the product has no parameter %s", key);
	if (*allowed == '\0' || has_line(allowed, value)) {
		strv_pushf(parameters, "Key=%s,Value=%s", key, value);
		return 0;
	}
	list = mem_dup(allowed);
	for (char *c = list; *c != '\0'; c++)
		if (*c == '\n')
			*c = c[1] != '\0' ? ' ' : '\0';
	return error_set(e, "%s cannot be '%s', only: %s", key, shown, list);
}

static int
add_parameters(struct strv *parameters, const struct offer *o,
    const struct call *call, struct error *e)
{
	const struct choices *c = &call->choices;
	MEM_AUTO char *size = c->volume_size > 0 ?
	    mem_printf("%d", c->volume_size) : NULL;
	const char *name = offer_allowed(o, "InstanceName") != NULL ?
	    call->words[0] : NULL;

	if (add_parameter(parameters, o, "InstanceName", name, e) == -1 ||
	    add_parameter(parameters, o, "InstanceType", c->instance_type,
	    e) == -1 ||
	    add_parameter(parameters, o, "SubnetID", c->subnet, e) == -1)
		return -1;
	return add_parameter(parameters, o, "VolumeSize", size, e);
}

static int
add_tags(struct strv *tags, const struct call *call, struct error *e)
{
	const struct strv *given = &call->choices.tags;
	MEM_AUTO char *user = user_name();
	size_t n;

	strv_pushf(tags, "Key=Name,Value=%s", call->words[0]);
	strv_push(tags, "Key=component,Value=ec2 instance");
	strv_push(tags, "Key=support_level,Value=dev");
	strv_pushf(tags, "Key=created_by,Value=%s", user);
	for (size_t i = 0; i < given->n; i++) {
		n = strcspn(given->v[i], "=");
		if (n == 0 || given->v[i][n] == '\0')
			return error_usage(e, "--tag is KEY=VALUE");
		strv_pushf(tags, "Key=%.*s,Value=%s", (int)n, given->v[i],
		    given->v[i] + n + 1);
	}
	return 0;
}

static int
make_argv(struct strv *argv, const struct call *call, struct error *e)
{
	const struct choices *c = &call->choices;
	MEM_AUTO char *token = mem_printf("dock-%lld-%ld",
	    (long long)time(NULL), (long)getpid());
	struct strv parameters = { 0 }, tags = { 0 };
	struct offer offer = { 0 };
	int rc;

	rc = catalog_find(&offer, call, c->product != NULL ? c->product :
	    "Basic EC2 Instance", c->product_version != NULL ?
	    c->product_version : "latest", e);
	if (rc == 0)
		rc = add_parameters(&parameters, &offer, call, e);
	if (rc == 0)
		rc = add_tags(&tags, call, e);
	if (rc == 0)
		catalog_provision_argv(&offer, argv, call->words[0],
		    &parameters, &tags, token);
	strv_clear(&parameters);
	strv_clear(&tags);
	offer_clear(&offer);
	return rc;
}

/* ID, if a record can hold it. */
static char *
good(const char *id)
{
	ERROR_AUTO struct error e = { 0 };

	return id != NULL && record_check_aws(id, &e) == 0 ? mem_dup(id) :
	    NULL;
}

static int
record(struct call *call, const struct provisioned *p, struct error *e)
{
	const char *user = getenv("DOCK_USER");
	MEM_AUTO char *directory = NULL;
	ERROR_AUTO struct error none = { 0 };
	MEM_AUTO char *region = aws_region(call, &none);
	struct record r = { .user = mem_dup(user != NULL && *user != '\0' ?
	    user : RECORD_USER), .moniker = mem_dup(call->words[0]),
	    .host = mem_dup(p->address), .product = mem_dup(p->product),
	    .instance = mem_dup(p->instance),
	    .region = good(region), .profile = good(aws_profile()) };
	int rc = record_check_user(r.user, e);

	if (rc == 0)
		rc = docks_write(&r, &directory, e);
	if (rc == 0)
		context_create(call, &r);
	record_clear(&r);
	return rc;
}

static int
create(struct call *call, char *const *argv, struct error *e)
{
	const struct choices *c = &call->choices;
	struct provisioned p = { 0 };
	MEM_AUTO char *quoted = NULL;
	int rc;

	if (c->print) {
		quoted = text_quote_argv(argv);
		printf("%s\n", quoted);
		return 0;
	}
	printf("waiting for launch to complete\n");
	rc = catalog_follow(&p, call, argv, c->poll > 0 ? c->poll : POLL,
	    c->limit > 0 ? c->limit : LIMIT, e);
	if (rc == 0 && p.address == NULL)
		rc = error_set(e, "the product has no output PrivateIP: it is "
		    "there, but not recorded as a dock");
	if (rc == 0)
		rc = record(call, &p, e);
	provisioned_clear(&p);
	return rc;
}

static int
check_name(const struct call *call, struct error *e)
{
	struct docks docks = { 0 };
	int rc;

	if (record_check_moniker(call->words[0], e) == -1)
		return -1;
	rc = docks_read(&docks, &call->say, e);
	if (rc == 0 && docks_search(&docks, call->words[0]) != NULL)
		rc = error_set(e, "there is a dock %s already",
		    call->words[0]);
	docks_clear(&docks);
	return rc;
}

static int
run(struct call *call, struct error *e)
{
	struct strv argv = { 0 };
	int rc = check_name(call, e);

	if (rc == 0)
		rc = make_argv(&argv, call, e);
	if (rc == 0)
		rc = create(call, strv_argv(&argv), e);
	strv_clear(&argv);
	return rc;
}

const struct command command_create_dock = {
	.name = "create-dock",
	.synopsis = "DOCK",
	.summary = "have AWS make a host, and record it as a dock",
	.help =
	    "Provision PRODUCT of the AWS Service Catalog under the name DOCK,\n"
	    "wait until it is there, and record it as a dock.\n",
	.options = rows,
	.least = 1,
	.most = 1,
	.run = run,
};
