/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/docks.h"
#include "dockerutils/exposure.h"
#include "dockerutils/instance.h"
#include "dockerutils/step.h"
#include "run/ask.h"

#define PATIENCE	20000	/* ms, for one answer of aws */

static const struct option_row rows[] = {
	{ .name = "json", .kind = OPTION_BOOL, .offset = CHOICE(json),
	    .help = "a JSON array of objects" },
	{ .name = "no-state", .kind = OPTION_BOOL, .offset = CHOICE(no_state),
	    .help = "do not ask AWS for their states" },
	{ .name = "exposed", .kind = OPTION_BOOL, .offset = CHOICE(exposed),
	    .help = "warn of hosts where docker listens on TCP" },
	{ .name = NULL }
};

/* What has become of one dock's question. */
struct state {
	struct instance instance;
	const char *text;	/* NULL: none was asked for */
};

static void
take_answer(struct state *s, const struct dock *dock,
    const struct question *q, const struct call *call)
{
	ERROR_AUTO struct error e = { 0 };
	MEM_AUTO char *why = NULL;
	int rc;

	if (!instance_possible(&dock->record)) {
		s->text = "not on AWS";
		return;
	}
	s->text = "unknown";
	if (!question_answered(q)) {
		why = question_complaint(q);
		say_warning(&call->say, "%s: %s", record_name(&dock->record),
		    why);
		return;
	}
	rc = instance_parse(&s->instance, buf_text(&q->capture.out), &e);
	if (rc == -1)
		say_warning(&call->say, "%s: %s", record_name(&dock->record),
		    e.text);
	else if (rc == 1 && s->instance.state != NULL)
		s->text = s->instance.state;
}

/* All are asked for at once. */
static int
ask_states(struct state *states, const struct docks *docks,
    const struct call *call, struct error *e)
{
	struct question *q = mem_zero(docks->n + 1, sizeof(*q));
	size_t *number = mem_zero(docks->n + 1, sizeof(*number)), n = 0;
	int rc = 0;

	for (size_t i = 0; i < docks->n; i++) {
		number[i] = n;
		if (instance_possible(&docks->v[i].record))
			instance_argv(&docks->v[i].record, &q[n++].argv);
	}
	rc = ask(q, n, PATIENCE, &call->say, e);
	if (rc > 0)
		rc = error_set(e, "interrupted");
	for (size_t i = 0; rc == 0 && i < docks->n; i++)
		take_answer(&states[i], &docks->v[i], &q[number[i]], call);
	for (size_t i = 0; i < n; i++)
		question_clear(&q[i]);
	free(q);
	free(number);
	return rc;
}

/* What would be asked. */
static void
show_questions(const struct docks *docks, const struct call *call)
{
	for (size_t i = 0; i < docks->n; i++) {
		STRV_AUTO struct strv argv = { 0 };

		if (!instance_possible(&docks->v[i].record))
			continue;
		instance_argv(&docks->v[i].record, &argv);
		step_show(call, strv_argv(&argv));
	}
}

static json_t *
text_or_null(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

static json_t *
as_json(const struct dock *dock, const struct state *s)
{
	const struct record *r = &dock->record;
	json_t *o = json_object();

	json_object_set_new(o, "moniker", text_or_null(r->moniker));
	json_object_set_new(o, "host", text_or_null(r->host));
	json_object_set_new(o, "user", text_or_null(r->user));
	json_object_set_new(o, "directory", text_or_null(dock->directory));
	json_object_set_new(o, "state", text_or_null(s->text));
	json_object_set_new(o, "instance", text_or_null(r->instance != NULL ?
	    r->instance : s->instance.id));
	json_object_set_new(o, "instance_name",
	    text_or_null(s->instance.name));
	json_object_set_new(o, "region", text_or_null(r->region));
	json_object_set_new(o, "profile", text_or_null(r->profile));
	json_object_set_new(o, "provisioned_product",
	    text_or_null(r->product));
	return o;
}

static void
print_json(const struct docks *docks, const struct state *states)
{
	json_t *all = json_array();
	MEM_AUTO char *text = NULL;

	for (size_t i = 0; i < docks->n; i++)
		json_array_append_new(all, as_json(&docks->v[i], &states[i]));
	text = json_dumps(all, JSON_INDENT(2));
	json_decref(all);
	printf("%s\n", text != NULL ? text : "[]");
}

static void
print_lines(const struct docks *docks, const struct state *states)
{
	for (size_t i = 0; i < docks->n; i++) {
		const char *text = states[i].text;

		printf("%s (%s)%s%s\n", record_name(&docks->v[i].record),
		    docks->v[i].directory, text != NULL ? ": " : "",
		    text != NULL ? text : "");
	}
}

static void
warn_of_exposed(const struct docks *docks, const struct say *say)
{
	for (size_t i = 0; i < docks->n; i++) {
		const struct record *r = &docks->v[i].record;
		int port = exposure_find(r->host);

		if (port != 0)
			say_warning(say, "%s: docker may listen on port %d of "
			    "%s, where whoever reaches it is root: ssh is "
			    "all that a dock needs", record_name(r), port,
			    r->host);
	}
}

static int
list(const struct docks *docks, const struct call *call, struct error *e)
{
	struct state *states = mem_zero(docks->n + 1, sizeof(*states));
	int rc = call->choices.no_state ? 0 :
	    ask_states(states, docks, call, e);

	if (rc == 0 && call->choices.json)
		print_json(docks, states);
	else if (rc == 0)
		print_lines(docks, states);
	if (rc == 0 && call->choices.exposed)
		warn_of_exposed(docks, &call->say);
	for (size_t i = 0; i < docks->n; i++)
		instance_clear(&states[i].instance);
	free(states);
	return rc;
}

static int
run(struct call *call, struct error *e)
{
	struct docks docks = { 0 };
	int rc = docks_read(&docks, &call->say, e);

	if (rc == 0 && call->choices.print)
		show_questions(&docks, call);
	else if (rc == 0)
		rc = list(&docks, call, e);
	docks_clear(&docks);
	return rc;
}

const struct command command_ls_dock = {
	.name = "ls-dock",
	.synopsis = "",
	.summary = "list docks, and what state they are in",
	.help =
	    "List all docks: MONIKER (DIRECTORY): STATE.  The states of those\n"
	    "that may be EC2 instances are asked of the aws program.  With\n"
	    "--exposed each host is asked whether it takes connections on\n"
	    "port 2375 or 2377, where a docker that does not verify who comes\n"
	    "lets everybody in.\n",
	.options = rows,
	.run = run,
};
