/* SPDX-License-Identifier: ISC */
#include "dexec/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "container/warm_place.h"
#include "container/warm_status.h"
#include "fanout/engines.h"
#include "fanout/resolve.h"
#include "fanout/selector.h"

#define READY	"ready\n"	/* a keeper's word that it serves */
#define FAILED	"failed: "	/* or will not */

static char *
time_text(int64_t ms)
{
	int64_t s = ms / 1000;

	if (s >= 3600)
		return mem_printf("%jdh%02jdm", (intmax_t)(s / 3600),
		    (intmax_t)(s / 60 % 60));
	if (s >= 60)
		return mem_printf("%jdm%02jds", (intmax_t)(s / 60),
		    (intmax_t)(s % 60));
	return mem_printf("%jds", (intmax_t)s);
}

static void
add_row(struct table *t, const char *name, const struct warm_status *s)
{
	table_add(t, name);
	table_add(t, s->user[0] != '\0' ? s->user : "-");
	table_take(t, mem_printf("%d", s->pid));
	table_take(t, time_text(s->age));
	table_take(t, mem_printf("%jd", (intmax_t)s->served));
	table_take(t, mem_printf("%jd", (intmax_t)s->running));
	table_take(t, time_text(s->idle));
	table_take(t, text_printable(s->way != NULL ? s->way : "-", 10));
	table_take(t, mem_printf(s->ours ? "%d" : "%d (not ours)", s->version));
}

/* Those of LIST that lead into T; returns how many. */
static size_t
add_rows(struct table *table, const struct target *t,
    const struct warm_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->v[i].container, t->id) != 0)
			continue;
		add_row(table, t->name, &list->v[i]);
		n++;
	}
	return n;
}

static int
show_status(const struct call *call, const struct resolved *r,
    struct outcome *o, struct error *e)
{
	static const char *const heads[] = { "NAME", "USER", "KEEPER", "AGE",
	    "SERVED", "RUNNING", "IDLE", "WAY", "VERSION", NULL };
	struct table table = { 0 };
	MEM_AUTO char *text = NULL;
	struct warm_list list;
	int rc = warm_list(&list, e);

	while (heads[table.columns] != NULL)
		table_add(&table, heads[table.columns++]);
	for (size_t i = 0; rc == 0 && i < r->targets.n; i++) {
		if (add_rows(&table, &r->targets.v[i], &list) > 0)
			continue;
		say_note(&call->say, "%s: no warm connection",
		    r->targets.v[i].name);
		o->value = 1;
	}
	if (rc == 0) {
		text = table_text(&table);
		fputs(text, stdout);
	}
	table_clear(&table);
	warm_list_clear(&list);
	return rc;
}

static int
stop(const struct call *call, const struct resolved *r, struct outcome *o,
    struct error *e)
{
	ERROR_AUTO struct error one = { 0 };
	struct warm_list list;
	int rc;

	(void)call;
	warm_settle();
	rc = warm_list(&list, e);
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		for (size_t k = 0; k < r->targets.n; k++) {
			if (strcmp(list.v[i].container,
			    r->targets.v[k].id) != 0 ||
			    warm_stop(&list.v[i], &one) == 0)
				continue;
			say_warning(&call->say, "%s: %s",
			    r->targets.v[k].name, one.text);
			error_clear(&one);
			o->value = STATUS_FAILED;
		}
	}
	warm_list_clear(&list);
	return rc;
}

/* Read the keeper's line from FD; 0 when it serves. */
static int
read_ready(int fd, struct error *e)
{
	BUF_AUTO struct buf line = { 0 };
	MEM_AUTO char *shown = NULL;
	char chunk[512];
	ssize_t n;

	while (line.len < 4096 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&line, chunk, (size_t)n);
	if (strcmp(buf_text(&line), READY) == 0)
		return 0;
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.data[--line.len] = '\0';
	shown = text_printable(buf_text(&line) +
	    (strncmp(buf_text(&line), FAILED, strlen(FAILED)) == 0 ?
	    strlen(FAILED) : 0), 500);
	return error_set(e, "no warm connection: %s",
	    *shown != '\0' ? shown : "its keeper has gone");
}

static int
start_one(const struct call *call, const struct docker *docker,
    const char *target, struct error *e)
{
	struct plan plan = { .docker = docker, .options = &call->options,
	    .target = target };
	struct warm_place place;
	int ends[2], rc;

	if (warm_place_find(&place, &plan, e) == -1 ||
	    file_pipe(ends, -1) == -1) {
		warm_place_clear(&place);
		return e->text != NULL ? -1 :
		    error_system(e, "cannot make a pipe");
	}
	rc = warm_keeper_start(&call->warm, &place, &plan, ends[1], e);
	file_close(&ends[1]);
	if (rc == 0)
		rc = read_ready(ends[0], e);
	file_close(&ends[0]);
	warm_place_clear(&place);
	return rc;
}

/* By the name that later calls will have: as typed, or of several the ID. */
static int
start(const struct call *call, const struct resolved *r, struct outcome *o,
    struct error *e)
{
	ERROR_AUTO struct error one = { 0 };
	const struct target *t;
	int rc;

	(void)e;
	for (size_t i = 0; i < r->targets.n; i++) {
		t = &r->targets.v[i];
		if (call_is_many(call))
			rc = start_one(call, &engines_named(&r->engines,
			    t->context)->docker, t->id, &one);
		else
			rc = start_one(call, &call->docker, call->target, &one);
		if (rc == 0)
			continue;
		say_warning(&call->say, "%s: %s", t->name, one.text);
		error_clear(&one);
		o->value = STATUS_FAILED;
	}
	return 0;
}

static const struct {
	const char *word;
	int (*run)(const struct call *, const struct resolved *,
	    struct outcome *, struct error *);
} actions[] = {
	{ "status", show_status },
	{ "start", start },
	{ "stop", stop },
};

static int
run(struct call *call, struct outcome *o, struct error *e)
{
	const char *word = call->args[0] != NULL ? call->args[0] : "status";
	MEM_AUTO char *shown = text_printable(word, 60);
	struct resolved r;
	int rc;

	memset(o, 0, sizeof(*o));
	if (call->args[0] != NULL && call->args[1] != NULL)
		return error_usage(e, "warm: too many words");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].word, word) != 0)
			continue;
		rc = call_resolve(call, &r, e);
		if (rc == 0 && r.signo != 0) {
			*o = (struct outcome){ .kind = OUTCOME_SIGNAL,
			    .value = r.signo };
			resolved_clear(&r);
			return 0;
		}
		if (rc == 0)
			rc = actions[i].run(call, &r, o, e);
		if (rc == 0)
			call_tell_lost(call, &r, o);
		resolved_clear(&r);
		return rc;
	}
	return error_usage(e, "warm: start, status or stop, not %s", shown);
}

const struct command command_warm = {
	.name = "warm",
	.synopsis = "[start | status | stop]",
	.summary = "see to the warm connections of containers",
	.help =
	    "Tell of the connections that --warm keeps into the containers, or\n"
	    "start one in each, or end them: those of all users, where there\n"
	    "are several.  The status is 1 when a container has none.\n",
	.run = run,
};
