/* SPDX-License-Identifier: ISC */
/* call_many(): a command in several containers. */
#include "dexec/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/fanout.h"
#include "fanout/job.h"
#include "fanout/resolve.h"
#include "fanout/selector.h"

bool
call_is_many(const struct call *call)
{
	const struct many *m = &call->settings.many;

	return !selector_is_plain(call->target) || m->exclude.n > 0 ||
	    m->pick > 0 || m->gather || m->diff || m->json ||
	    m->outdir != NULL || m->joblog != NULL ||
	    (call->docker.context != NULL &&
	    strchr(call->docker.context, ',') != NULL);
}

/* At most one way to print. */
static int
choose_mode(const struct many *m, enum output_mode *mode, struct error *e)
{
	const struct {
		bool wanted;
		const char *name;
		enum output_mode mode;
	} ways[] = {
		{ m->group && !m->keep_order, "--group", OUTPUT_GROUP },
		{ m->keep_order, "--keep-order", OUTPUT_ORDER },
		{ m->gather || m->diff, "--gather", OUTPUT_GATHER },
		{ m->json, "--json", OUTPUT_JSON },
		{ m->outdir != NULL, "--outdir", OUTPUT_FILES },
	};
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!ways[i].wanted)
			continue;
		if (first != NULL)
			return error_usage(e, "%s and %s exclude each other",
			    first, ways[i].name);
		first = ways[i].name;
		*mode = ways[i].mode;
	}
	return 0;
}

int
many_check(const struct many *m, struct error *e)
{
	enum output_mode mode;
	struct halt halt;

	if (choose_mode(m, &mode, e) == -1 ||
	    (m->halt != NULL && halt_parse(&halt, m->halt, e) == -1))
		return -1;
	if (m->resume_failed && m->joblog == NULL)
		return error_usage(e, "--resume-failed needs --joblog");
	return 0;
}

static void
set_style(const struct call *call, struct output_style *style)
{
	struct error none = { 0 };
	const struct settings *s = &call->settings;

	*style = (struct output_style){ .mode = s->disable_stream ?
	    OUTPUT_GROUP : OUTPUT_LINES, .prefix = !s->many.no_prefix,
	    .diff = s->many.diff, .directory = s->many.outdir,
	    .progress = !s->disable_spinner && !s->quiet };
	style->color[STDOUT_FILENO] = settings_color(s, STDOUT_FILENO);
	style->color[STDERR_FILENO] = settings_color(s, STDERR_FILENO);
	choose_mode(&s->many, &style->mode, &none);
}

void
call_tell_lost(const struct call *call, const struct resolved *r,
    struct outcome *outcome)
{
	for (size_t i = 0; i < r->lost_count; i++) {
		say_warning(&call->say, "%s: %s", r->lost[i].name,
		    r->lost[i].reason);
		outcome->value = STATUS_FAILED;
	}
}

static void
list(const struct resolved *r)
{
	MEM_AUTO char *table = targets_table(&r->targets);

	fputs(table, stdout);
}

/* One docker command a line, as they would be run. */
static void
show(const struct fanout_request *r)
{
	const struct target *t;
	char cookie[COOKIE_LENGTH + 1];

	for (size_t i = 0; i < r->resolved->targets.n; i++) {
		STRV_AUTO struct strv argv = { 0 };
		STRV_AUTO struct strv env = { 0 };
		MEM_AUTO char *line = NULL;

		t = &r->resolved->targets.v[i];
		cookie_make(cookie);
		job_environment(&env, t, i + 1, r->resolved->targets.n);
		plan_argv(&(struct plan){ .options = r->options,
		    .target = t->id, .command = r->command,
		    .env = strv_argv(&env),
		    .cookie = r->reap ? cookie : NULL,
		    .docker = &engines_named(&r->resolved->engines,
		    t->context)->docker }, &argv);
		line = text_quote_argv(strv_argv(&argv));
		puts(line);
	}
}

/* A terminal can be one command's only. */
static struct exec_options
settle_tty(const struct call *call)
{
	struct exec_options options = call->options;

	if (options.tty && !options.detach)
		say_note(&call->say, "several containers: going on without -t");
	options.tty = false;
	return options;
}

static int
run(const struct call *call, const struct command *c, char *const *argv,
    const struct resolved *resolved, struct outcome *outcome, struct error *e)
{
	const struct settings *s = &call->settings;
	struct exec_options options = settle_tty(call);
	struct fanout_request r = { .resolved = resolved,
	    .options = &options, .command = argv, .archive = c->archive,
	    .words = call->args, .reap = !s->no_reap && !options.detach,
	    .jobs = s->many.jobs, .retries = s->many.retries,
	    .exit = (enum exit_policy)s->many.exit,
	    .joblog = s->many.joblog, .resume = s->many.resume_failed,
	    .timeout = s->timeout, .kill_after = s->kill_after,
	    .wait = s->wait != WAIT_NO, .wait_limit = s->wait_timeout,
	    .wait_for = s->wait == WAIT_HEALTHY ? WAITING_HEALTHY :
		WAITING_RUNNING,
	    .warm = s->warm ? &call->warm : NULL,
	    .say = &call->say };

	if (s->print) {
		show(&r);
		call_tell_lost(call, resolved, outcome);
		return 0;
	}
	set_style(call, &r.style);
	if (s->many.halt != NULL &&
	    halt_parse(&r.halt, s->many.halt, e) == -1)
		return -1;
	return fanout_run(&r, outcome, e);
}

int
call_resolve(const struct call *call, struct resolved *resolved,
    struct error *e)
{
	const struct many *m = &call->settings.many;
	struct resolve_request r = { .docker = call->docker,
	    .target = call->target, .exclude = &m->exclude,
	    .groups = &call->settings.groups, .pick = (size_t)m->pick,
	    .project = getenv("COMPOSE_PROJECT_NAME"),
	    .directory = getenv("PWD"), .swarm_host = m->swarm_host,
	    .waiting = call->settings.wait != WAIT_NO,
	    .limit = m->engine_timeout,
	    .say = &call->say };

	return resolve(&r, resolved, e);
}

int
call_many(struct call *call, const struct command *c, char *const *argv,
    struct outcome *outcome, struct error *e)
{
	struct resolved resolved;
	int rc;

	memset(outcome, 0, sizeof(*outcome));
	rc = call_resolve(call, &resolved, e);
	if (rc == 0 && resolved.signo != 0) {
		outcome->kind = OUTCOME_SIGNAL;
		outcome->value = resolved.signo;
	} else if (rc == 0 && c == NULL) {
		list(&resolved);
		call_tell_lost(call, &resolved, outcome);
	} else if (rc == 0)
		rc = run(call, c, argv, &resolved, outcome, e);
	resolved_clear(&resolved);
	return rc;
}
