/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/table.h"
#include "dockerdo/engine.h"
#include "dockerdo/link.h"
#include "dockerdo/mount_state.h"

static const struct option_row rows[] = {
	{ .name = "json", .kind = OPTION_BOOL, .offset = CHOICE(json),
	    .help = "a JSON object" },
	{ .name = NULL }
};

/* Beside the session itself. */
struct facts {
	const char *state;	/* "unknown": the engine does not answer */
	char *trouble;		/* why, or NULL */
	char *point;
	const char *mount;
	const char *link;	/* NULL: the transport has none */
};

static void
gather(struct call *call, struct facts *f)
{
	ERROR_AUTO struct error e = { 0 };
	enum container_state state;
	enum mount_state mounted;

	f->point = session_mount_point(&call->session);
	f->state = "unknown";
	if (engine_verify(call, &state, &e) == 0)
		f->state = container_state_words[state];
	else
		f->trouble = mem_dup(e.text);
	error_clear(&e);
	if (call->session.transport == TRANSPORT_SSH)
		f->link = link_is_up(call) ? "up" : "down";
	f->mount = "unknown";
	if (mount_look(f->point, &mounted, &e) == 0)
		f->mount = mount_state_words[mounted];
}

static void
row(struct table *t, const char *name, const char *value)
{
	if (value == NULL)
		return;
	table_add(t, name);
	table_add(t, value);
}

static void
print_table(const struct session *s, const struct facts *f)
{
	struct table t = { .columns = 2 };
	MEM_AUTO char *files = mem_printf("%s: %s", f->point, f->mount);
	MEM_AUTO char *variables = mem_printf("%zu", s->env.n);
	MEM_AUTO char *text = NULL;

	row(&t, "session", s->name);
	row(&t, "directory", s->directory);
	row(&t, "container", s->container_name);
	row(&t, "state", f->state);
	row(&t, "files", files);
	row(&t, "transport", transport_words[s->transport]);
	row(&t, "connection", f->link);
	row(&t, "host", s->remote_host != NULL ? s->remote_host :
	    "this machine");
	if (s->remote_host != NULL)
		row(&t, "build directory", s->remote_host_build_dir);
	row(&t, "base image", s->base_image);
	row(&t, "image", s->image_tag);
	row(&t, "user", s->container_username);
	row(&t, "run arguments", s->docker_run_args);
	row(&t, "variables", variables);
	text = table_text(&t);
	fputs(text, stdout);
	table_clear(&t);
}

static void
set(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, text != NULL ? json_string(text) :
	    json_null());
}

static void
print_json(const struct session *s, const struct facts *f)
{
	json_t *o = json_object();
	MEM_AUTO char *text = NULL;

	set(o, "name", s->name);
	set(o, "session_dir", s->directory);
	set(o, "container_name", s->container_name);
	set(o, "container_state", f->state);
	set(o, "mount_point", f->point);
	set(o, "mount", f->mount);
	set(o, "transport", transport_words[s->transport]);
	set(o, "connection", f->link);
	set(o, "remote_host", s->remote_host);
	set(o, "remote_host_build_dir", s->remote_host_build_dir);
	set(o, "base_image", s->base_image);
	set(o, "image_tag", s->image_tag);
	set(o, "container_username", s->container_username);
	set(o, "docker_run_args", s->docker_run_args);
	set(o, "local_work_dir", s->local_work_dir);
	json_object_set_new(o, "variables", json_integer((int)s->env.n));
	text = json_dumps(o, JSON_INDENT(2));
	json_decref(o);
	printf("%s\n", text);
}

static int
run(struct call *call, struct error *e)
{
	const char *directory = getenv(SESSION_VARIABLE);
	struct facts facts = { 0 };
	MEM_AUTO char *host = NULL;

	if (directory == NULL || *directory == '\0') {
		say_note(&call->say, "no session is active");
		return 0;
	}
	if (session_load(&call->session, directory, e) == -1)
		return -1;
	engine_choose(call, &host);
	gather(call, &facts);
	call->choices.json ? print_json(&call->session, &facts) :
	    print_table(&call->session, &facts);
	if (facts.trouble != NULL)
		say_warning(&call->say, "%s", facts.trouble);
	free(facts.trouble);
	free(facts.point);
	return 0;
}

const struct command command_status = {
	.name = "status",
	.synopsis = "",
	.summary = "what there is of the session, and in what state",
	.help =
	    "Show the active session, whether its container runs, and whether\n"
	    "its files are mounted: \"dead\" means that whoever served them is\n"
	    "gone, and dockerdo start mounts them again.\n",
	.options = rows,
	.run = run,
};
