/* SPDX-License-Identifier: ISC */
#include "dockerutils/instance.h"

#include <arpa/inet.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/aws.h"
#include "dockerutils/command.h"
#include "dockerutils/record.h"

bool
instance_possible(const struct record *r)
{
	struct in_addr address;

	return r->instance != NULL ||
	    inet_pton(AF_INET, r->host, &address) == 1;
}

void
instance_argv(const struct record *r, struct strv *argv)
{
	aws_argv(argv, "ec2", "describe-instances", (char *)NULL);
	if (r->instance != NULL) {
		strv_push_option(argv, "--instance-ids", r->instance);
	} else {
		strv_push(argv, "--filters");
		strv_pushf(argv, "Name=private-ip-address,Values=%s", r->host);
	}
	strv_push_option(argv, "--output", "json");
	aws_add_account(argv, r);
}

static char *
text_of(const json_t *o)
{
	const char *text = json_string_value(o);

	return text != NULL ? text_printable(text, 255) : NULL;
}

static void
take(struct instance *i, const json_t *o)
{
	const json_t *tag;
	const char *key;
	size_t n;

	i->id = text_of(json_object_get(o, "InstanceId"));
	i->state = text_of(json_object_get(json_object_get(o, "State"),
	    "Name"));
	json_array_foreach(json_object_get(o, "Tags"), n, tag) {
		key = json_string_value(json_object_get(tag, "Key"));
		if (key != NULL && strcmp(key, "Name") == 0 && i->name == NULL)
			i->name = text_of(json_object_get(tag, "Value"));
	}
}

/* All instances of all reservations; the first one is taken. */
static size_t
count(struct instance *i, const json_t *reservations)
{
	const json_t *reservation, *instance;
	size_t r, n, found = 0;

	json_array_foreach(reservations, r, reservation) {
		json_array_foreach(json_object_get(reservation, "Instances"),
		    n, instance) {
			if (json_string_value(json_object_get(instance,
			    "InstanceId")) == NULL)
				continue;
			if (found++ == 0)
				take(i, instance);
		}
	}
	return found;
}

int
instance_parse(struct instance *i, const char *answer, struct error *e)
{
	json_t *root = json_loads(answer, 0, NULL);
	const json_t *reservations = json_object_get(root, "Reservations");
	size_t found;

	if (!json_is_array(reservations)) {
		json_decref(root);
		return error_set(e, "aws ec2 describe-instances has answered "
		    "with something else");
	}
	found = count(i, reservations);
	json_decref(root);
	if (found <= 1)
		return (int)found;
	return error_set(e, "%zu instances have this address; record which "
	    "one is meant: register-dock --instance ID", found);
}

int
instance_find(struct instance *i, const struct call *call,
    const struct record *r, struct error *e)
{
	struct strv argv = { 0 };
	MEM_AUTO char *answer = NULL;
	int rc;

	if (!instance_possible(r))
		return error_set(e, "%s is no address of an EC2 instance, and "
		    "none is recorded (register-dock --instance ID)", r->host);
	instance_argv(r, &argv);
	answer = aws_ask(call, strv_argv(&argv), e);
	strv_clear(&argv);
	if (answer == NULL)
		return -1;
	rc = instance_parse(i, answer, e);
	if (rc == -1)
		return error_context(e, "%s", record_name(r));
	if (rc == 0)
		return error_set(e, "%s: AWS knows of no such instance in "
		    "this region", record_name(r));
	return 0;
}

void
instance_clear(struct instance *i)
{
	free(i->id);
	free(i->state);
	free(i->name);
	*i = (struct instance){ 0 };
}
