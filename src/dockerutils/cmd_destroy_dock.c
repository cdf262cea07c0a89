/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/aws.h"
#include "dockerutils/catalog.h"
#include "dockerutils/confirm.h"
#include "dockerutils/context.h"
#include "dockerutils/docks.h"
#include "dockerutils/instance.h"
#include "dockerutils/step.h"

#define POLL	2000
#define LIMIT	(30 * 60 * 1000)

static const struct option_row rows[] = {
	{ .letter = 'y', .name = "yes", .kind = OPTION_BOOL,
	    .offset = CHOICE(yes),
	    .help = "do not ask" },
	{ .name = "poll", .kind = OPTION_TIME, .offset = CHOICE(poll),
	    .value = "TIME",
	    .help = "ask how it goes every TIME (2s)" },
	{ .name = "limit", .kind = OPTION_TIME, .offset = CHOICE(limit),
	    .value = "TIME",
	    .help = "wait no longer than TIME (30m)" },
	{ .name = NULL }
};

static void
tell(const char *directory)
{
	printf("Removing %s\n", directory);
}

static int
terminate_product(struct call *call, const struct record *r,
    char *const *argv, struct error *e)
{
	const struct choices *c = &call->choices;
	struct provisioned p = { .dock = r };
	int rc;

	printf("waiting for terminate to complete\n");
	rc = catalog_follow(&p, call, argv, c->poll > 0 ? c->poll : POLL,
	    c->limit > 0 ? c->limit : LIMIT, e);
	provisioned_clear(&p);
	return rc;
}

/* What ends it: a provisioned product, or an instance. */
static void
make_argv(struct strv *argv, const struct record *r)
{
	if (r->product != NULL)
		aws_argv(argv, "servicecatalog",
		    "terminate-provisioned-product", "--provisioned-product-id",
		    r->product, "--output", "json", (char *)NULL);
	else
		aws_argv(argv, "ec2", "terminate-instances",
		    "--instance-ids", r->instance, "--output", "text",
		    (char *)NULL);
	aws_add_account(argv, r);
}

static int
terminate(struct call *call, const struct record *r, struct error *e)
{
	struct strv argv = { 0 };
	MEM_AUTO char *quoted = NULL;
	int rc;

	make_argv(&argv, r);
	if (call->choices.print) {
		quoted = text_quote_argv(strv_argv(&argv));
		printf("%s\n", quoted);
		rc = 0;
	} else if (r->product != NULL) {
		rc = terminate_product(call, r, strv_argv(&argv), e);
	} else {
		rc = step_run_quietly(call, strv_argv(&argv), e);
	}
	strv_clear(&argv);
	return rc;
}

/* Which one that is, as far as AWS tells. */
static void
ask_about(const struct call *call, const struct record *r)
{
	INSTANCE_AUTO struct instance i = { 0 };
	ERROR_AUTO struct error none = { 0 };

	printf("Terminate dock %s (%s, %s", record_name(r), r->host,
	    r->product != NULL ? r->product : r->instance);
	if (r->instance != NULL && instance_find(&i, call, r, &none) == 0)
		printf(": %s, %s", i.name != NULL ? i.name : "without a name",
		    i.state != NULL ? i.state : "state unknown");
	printf(")?  What is on it is lost.\n");
}

static bool
may(const struct call *call, const struct record *r)
{
	if (call->choices.yes || call->choices.print)
		return true;
	ask_about(call, r);
	return confirm("Type y to terminate it: ") == CONFIRM_YES;
}

static int
destroy(struct call *call, const struct record *r, struct error *e)
{
	int rc;

	if (r->product == NULL && r->instance == NULL)
		return error_set(e, "%s is recorded, but nothing says what it "
		    "is on AWS; unregister-dock forgets it", record_name(r));
	if (!may(call, r)) {
		printf("Canceled\n");
		return 1;
	}
	rc = terminate(call, r, e);
	if (rc != 0)
		return rc;
	if (!call->choices.print)
		rc = docks_remove(r->host, tell, e);
	context_remove(call, r);
	return rc;
}

const struct command command_destroy_dock = {
	.name = "destroy-dock",
	.synopsis = "DOCK",
	.summary = "have AWS end the host that a dock is, and forget it",
	.help =
	    "Terminate what create-dock has made for DOCK, or the EC2 instance\n"
	    "that is recorded, after a question, and forget the dock when it\n"
	    "is gone.\n",
	.options = rows,
	.least = 1,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.on_dock = destroy,
};
