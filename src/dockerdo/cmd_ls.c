/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/strv.h"
#include "base/table.h"

static const struct option_row rows[] = {
	{ .name = "json", .kind = OPTION_BOOL, .offset = CHOICE(json),
	    .help = "a JSON array of objects" },
	{ .name = NULL }
};

/* In HOME, that begin with PREFIX and are our own. */
static void
add_directories(struct strv *found, const char *home, const char *prefix)
{
	DIR *dir = opendir(home);
	const struct dirent *d;
	struct stat st;

	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL) {
		MEM_AUTO char *path = mem_printf("%s/%s", home, d->d_name);
		MEM_AUTO char *file = mem_printf("%s/session.yaml", path);

		if (d->d_name[0] != '.' &&
		    strncmp(d->d_name, prefix, strlen(prefix)) == 0 &&
		    lstat(file, &st) == 0 && st.st_uid == geteuid())
			strv_push(found, path);
	}
	closedir(dir);
}

static int
by_name(const void *a, const void *b)
{
	return natural_compare(*(char *const *)a, *(char *const *)b);
}

static bool
is_active(const struct session *s)
{
	const char *active = getenv(SESSION_VARIABLE);

	return active != NULL && strcmp(active, s->directory) == 0;
}

static void
add_row(struct table *t, const struct session *s)
{
	table_add(t, is_active(s) ? "*" : "");
	table_add(t, s->name);
	table_add(t, container_state_words[s->container_state]);
	table_add(t, transport_words[s->transport]);
	table_add(t, s->remote_host != NULL ? s->remote_host : "-");
	table_add(t, s->image_tag != NULL ? s->image_tag : s->base_image);
	table_add(t, s->container_name);
	table_add(t, s->local_work_dir);
}

static void
set(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, text != NULL ? json_string(text) :
	    json_null());
}

static json_t *
as_json(const struct session *s)
{
	json_t *o = json_object();

	set(o, "name", s->name);
	json_object_set_new(o, "active", json_boolean(is_active(s)));
	set(o, "directory", s->directory);
	set(o, "container_name", s->container_name);
	set(o, "container_state", container_state_words[s->container_state]);
	set(o, "transport", transport_words[s->transport]);
	set(o, "remote_host", s->remote_host);
	set(o, "base_image", s->base_image);
	set(o, "image_tag", s->image_tag);
	set(o, "local_work_dir", s->local_work_dir);
	return o;
}

/* What all commands with JSON do in the end. */
static void
print_json(json_t *all)
{
	MEM_AUTO char *text = json_dumps(all, JSON_INDENT(2));

	printf("%s\n", text != NULL ? text : "[]");
	json_decref(all);
}

static int
run(struct call *call, struct error *e)
{
	static const char *const heads[] = { "", "NAME", "STATE", "TRANSPORT",
	    "HOST", "IMAGE", "CONTAINER", "DIRECTORY" };
	MEM_AUTO char *home = session_home(e);
	MEM_AUTO char *text = NULL;
	STRV_AUTO struct strv found = { 0 };
	struct table table = { .columns = 8 };
	json_t *all = json_array();

	if (home != NULL)
		add_directories(&found, home, "");
	add_directories(&found, file_temporary_directory(), "dockerdo_");
	if (found.n > 1)
		qsort(found.v, found.n, sizeof(*found.v), by_name);
	for (size_t i = 0; i < 8; i++)
		table_add(&table, heads[i]);
	for (size_t i = 0; i < found.n; i++) {
		ERROR_AUTO struct error unread = { 0 };
		struct session s = { 0 };

		if (session_load(&s, found.v[i], &unread) == -1) {
			say_warning(&call->say, "%s", unread.text);
		} else {
			add_row(&table, &s);
			json_array_append_new(all, as_json(&s));
		}
		session_clear(&s);
	}
	text = table_text(&table);
	table_clear(&table);
	if (call->choices.json) {
		print_json(all);
	} else {
		json_decref(all);
		fputs(text, stdout);
	}
	return home != NULL ? 0 : -1;
}

const struct command command_ls = {
	.name = "ls",
	.synopsis = "",
	.summary = "list sessions",
	.help =
	    "List all sessions, with their containers as last seen: those\n"
	    "with a name, and the others that are in the directory for\n"
	    "temporary files.  The active one has a star.\n",
	.options = rows,
	.run = run,
};
