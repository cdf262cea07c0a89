/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/context.h"
#include "dockerutils/docks.h"

static const struct option_row rows[] = {
	{ .letter = 'f', .name = "force", .kind = OPTION_BOOL,
	    .offset = CHOICE(force),
	    .help = "take the moniker from the dock that has it" },
	{ .name = "instance", .kind = OPTION_TEXT, .offset = CHOICE(instance),
	    .value = "ID",
	    .help = "it is this EC2 instance" },
	{ .name = "region", .kind = OPTION_TEXT, .offset = CHOICE(region),
	    .value = "REGION",
	    .help = "in this region of AWS" },
	{ .name = "profile", .kind = OPTION_TEXT, .offset = CHOICE(profile),
	    .value = "PROFILE",
	    .help = "of the account that this profile of aws is for" },
	{ .name = "no-context", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_context),
	    .help = "make no docker context of its name" },
	{ .name = NULL }
};

static int
check_aws(const struct record *r, struct error *e)
{
	const char *const ids[] = { r->instance, r->region, r->profile };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] != NULL && record_check_aws(ids[i], e) == -1)
			return -1;
	return 0;
}

/* "[USER@]HOST [MONIKER]", and $DOCK_USER. */
static int
make_record(struct record *r, const struct call *call, struct error *e)
{
	const char *host = call->words[0], *at = strrchr(host, '@');
	const char *user = getenv("DOCK_USER");

	if (at != NULL)
		r->user = mem_printf("%.*s", (int)(at - host), host);
	else
		r->user = mem_dup(user != NULL && *user != '\0' ? user :
		    RECORD_USER);
	r->host = mem_dup(at != NULL ? at + 1 : host);
	r->moniker = mem_dup(call->words[1] != NULL ? call->words[1] :
	    r->host);
	r->instance = mem_dup(call->choices.instance);
	r->region = mem_dup(call->choices.region);
	r->profile = mem_dup(call->choices.profile);
	if (record_check_user(r->user, e) == -1 ||
	    record_check_host(r->host, e) == -1 ||
	    check_aws(r, e) == -1)
		return -1;
	return record_check_moniker(r->moniker, e);
}

/* A moniker is one dock's only. */
static int
check_moniker(const struct record *r, const struct call *call,
    struct error *e)
{
	struct docks docks = { 0 };
	const struct dock *other;
	int rc = docks_read(&docks, &call->say, e);

	other = docks_search(&docks, r->moniker);
	if (rc == 0 && other != NULL && !call->choices.force &&
	    strcmp(other->record.host, r->host) != 0)
		rc = error_set(e, "%s is the dock %s@%s already; "
		    "unregister-dock it, or use --force", r->moniker,
		    other->record.user, other->record.host);
	docks_clear(&docks);
	return rc;
}

static int
record(struct call *call, struct record *r, struct error *e)
{
	MEM_AUTO char *directory = NULL;

	if (make_record(r, call, e) == -1 || check_moniker(r, call, e) == -1)
		return -1;
	printf("DOCK_USER:%s\nMONIKER:%s\nHOSTNAME:%s\n", r->user, r->moniker,
	    r->host);
	if (!call->choices.print && docks_write(r, &directory, e) == -1)
		return -1;
	if (!call->choices.no_context)
		context_create(call, r);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	struct record r = { 0 };
	int rc = record(call, &r, e);

	record_clear(&r);
	return rc;
}

const struct command command_register_dock = {
	.name = "register-dock",
	.synopsis = "[USER@]HOST [MONIKER]",
	.summary = "record a host as a dock",
	.help =
	    "Record HOST, which ssh reaches as USER ($DOCK_USER, or ubuntu), as\n"
	    "a dock called MONIKER (HOST without one), and make a docker\n"
	    "context of that name.  The host itself is not asked.\n",
	.options = rows,
	.least = 1,
	.most = 2,
	.run = run,
};
