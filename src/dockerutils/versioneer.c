/* SPDX-License-Identifier: ISC */
#include "dockerutils/versioneer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/strv.h"
#include "dockerutils/ini.h"
#include "dockerutils/version.h"
#include "run/ask.h"

#define LARGEST_FILE	(1024 * 1024)

/* [versioneer] of setup.cfg; NULL: the key is not there. */
struct setup {
	char *vcs, *style, *source, *tag_prefix, *parentdir_prefix;
};

static void
setup_clear(struct setup *s)
{
	free(s->vcs);
	free(s->style);
	free(s->source);
	free(s->tag_prefix);
	free(s->parentdir_prefix);
}

static int
read_key(const struct ini *ini, const struct ini_section *s, const char *key,
    char **text, struct error *e)
{
	const struct ini_entry *entry = ini_entry(ini, s, key);
	struct buf value = { 0 };

	if (entry == NULL)
		return 0;
	if (ini_value(ini, s, entry, &value, &(struct say){ 0 }, e) == -1) {
		buf_clear(&value);
		return -1;
	}
	*text = buf_steal(&value);
	return 0;
}

static int
read_section(struct setup *setup, const struct ini *ini, struct error *e)
{
	const struct ini_section *s = ini_section(ini, "versioneer");

	if (s == NULL)
		return 0;
	if (read_key(ini, s, "vcs", &setup->vcs, e) == -1 ||
	    read_key(ini, s, "style", &setup->style, e) == -1 ||
	    read_key(ini, s, "versionfile_source", &setup->source, e) == -1 ||
	    read_key(ini, s, "tag_prefix", &setup->tag_prefix, e) == -1 ||
	    read_key(ini, s, "parentdir_prefix", &setup->parentdir_prefix,
	    e) == -1)
		return -1;
	if (setup->tag_prefix != NULL &&
	    (strcmp(setup->tag_prefix, "''") == 0 ||
	    strcmp(setup->tag_prefix, "\"\"") == 0))
		setup->tag_prefix[0] = '\0';
	return 0;
}

static int
setup_read(struct setup *setup, struct error *e)
{
	struct ini ini = { 0 };
	int rc = ini_read(&ini, "setup.cfg", true, e);

	if (rc == 0)
		rc = read_section(setup, &ini, e);
	ini_clear(&ini);
	return rc;
}

/* What stands between quotes behind "NAME =" at a line's beginning; or NULL. */
static char *
quoted_value(const char *text, const char *name)
{
	const char *line = text, *at, *end;

	for (; line != NULL; line = strchr(line, '\n')) {
		line += strspn(line, " \t\n");
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		at = line + strlen(name);
		at += strspn(at, " ");
		if (*at++ != '=')
			continue;
		at += strspn(at, " ");
		end = at + strcspn(at, "\n");
		while (end > at && end[-1] != '"')
			end--;
		if (*at == '"' && end > at + 1)
			return mem_printf("%.*s", (int)(end - at - 2), at + 1);
	}
	return NULL;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The refs that are tags: those marked so, else those with a digit. */
static void
list_tags(struct strv *tags, const char *refnames)
{
	MEM_AUTO char *copy = mem_dup(refnames + strspn(refnames, "( "));
	struct strv others = { 0 };
	char *rest = copy, *ref;
	size_t n;

	while ((ref = strsep(&rest, ",")) != NULL) {
		ref += strspn(ref, " \t");
		n = strlen(ref);
		while (n > 0 && strchr(" \t)", ref[n - 1]) != NULL)
			ref[--n] = '\0';
		if (strncmp(ref, "tag: ", 5) == 0)
			strv_push(tags, ref + 5);
		else if (strpbrk(ref, "0123456789") != NULL)
			strv_push(&others, ref);
	}
	if (tags->n == 0)
		strv_pushv(tags, strv_argv(&others));
	strv_clear(&others);
	if (tags->n > 1)
		qsort(tags->v, tags->n, sizeof(*tags->v), by_text);
}

/* "2019-09-23 11:06:08 -0600" as "2019-09-23T11:06:08-0600". */
static char *
iso_date(const char *text)
{
	char *date = mem_printf("%.*s", (int)strcspn(text, "\r\n"), text);
	char *blank = strchr(date, ' ');

	if (blank != NULL)
		*blank = 'T';
	blank = strchr(date, ' ');
	if (blank != NULL)
		memmove(blank, blank + 1, strlen(blank));
	return date;
}

/* Keywords that git archive has filled in. */
static bool
from_keywords(struct version *v, const char *text, const char *prefix)
{
	MEM_AUTO char *names = quoted_value(text, "git_refnames");
	MEM_AUTO char *date = quoted_value(text, "git_date");
	struct strv tags = { 0 };

	if (names == NULL || strncmp(names, "$Format", 7) == 0)
		return false;
	v->revision = quoted_value(text, "git_full");
	v->dirty_known = true;
	list_tags(&tags, names);
	for (size_t i = 0; i < tags.n && v->version == NULL; i++)
		if (strncmp(tags.v[i], prefix, strlen(prefix)) == 0)
			v->version = mem_dup(tags.v[i] + strlen(prefix));
	strv_clear(&tags);
	if (v->version == NULL) {
		v->version = mem_dup("0+unknown");
		v->error = mem_dup("no suitable tags");
	} else if (date != NULL && strncmp(date, "$Format", 7) != 0) {
		v->date = iso_date(date);
	}
	return true;
}

static char *
member(const json_t *o, const char *name)
{
	return mem_dup(json_string_value(json_object_get(o, name)));
}

/* A version that was written there before. */
static bool
from_json(struct version *v, const char *text)
{
	const char *at = strstr(text, "version_json = '''\n"), *end;
	const json_t *dirty;
	json_t *o;

	end = at != NULL ? strstr(at, "'''  # END VERSION_JSON") : NULL;
	if (end == NULL)
		return false;
	at += strlen("version_json = '''\n");
	o = end > at ? json_loadb(at, (size_t)(end - at), 0, NULL) : NULL;
	if (json_object_get(o, "version") == NULL) {
		json_decref(o);
		return false;
	}
	v->version = member(o, "version");
	v->revision = member(o, "full-revisionid");
	v->date = member(o, "date");
	v->error = member(o, "error");
	dirty = json_object_get(o, "dirty");
	v->dirty_known = json_is_boolean(dirty);
	v->dirty = json_is_true(dirty);
	json_decref(o);
	return v->version != NULL;
}

static bool
from_source(struct version *v, const struct setup *s, const char *prefix)
{
	BUF_AUTO struct buf text = { 0 };

	if (file_read(s->source, LARGEST_FILE, &text) == -1)
		return false;
	if (from_keywords(v, buf_text(&text), prefix))
		return true;
	version_clear(v);
	if (from_json(v, buf_text(&text)))
		return true;
	version_clear(v);
	return false;
}

enum { DESCRIBE, HASH, DATE, BRANCH, COUNT, QUESTIONS };

/* Its first line; the caller frees it.  NULL: git had no answer. */
static char *
answer(const struct question *q)
{
	const char *text = buf_text(&q->capture.out);

	if (!question_answered(q))
		return NULL;
	return mem_printf("%.*s", (int)strcspn(text, "\r\n"), text);
}

static void
set_question(struct question *q, const char *const *words)
{
	strv_push(&q->argv, "git");
	for (; *words != NULL; words++)
		strv_push(&q->argv, *words);
}

static void
set_questions(struct question *q, const char *prefix)
{
	MEM_AUTO char *match = mem_printf("%s*", prefix);
	const char *const describe[] = { "describe", "--tags", "--dirty",
	    "--always", "--long", "--match", match, NULL };
	const char *const hash[] = { "rev-parse", "HEAD", NULL };
	const char *const date[] = { "show", "-s", "--format=%ci", "HEAD",
	    NULL };
	const char *const branch[] = { "rev-parse", "--abbrev-ref", "HEAD",
	    NULL };
	const char *const count[] = { "rev-list", "HEAD", "--count", NULL };

	set_question(&q[DESCRIBE], describe);
	set_question(&q[HASH], hash);
	set_question(&q[DATE], date);
	set_question(&q[BRANCH], branch);
	set_question(&q[COUNT], count);
}

/* 1: PIECES is filled in, 0: git knows of nothing here. */
static int
ask_git(struct pieces *p, const char *prefix, const struct say *say,
    struct error *e)
{
	struct question q[QUESTIONS] = { 0 };
	MEM_AUTO char *describe = NULL, *count = NULL, *date = NULL;
	int rc;

	set_questions(q, prefix);
	rc = ask(q, QUESTIONS, 0, say, e);
	if (rc > 0)
		rc = error_set(e, "interrupted");
	if (rc == 0) {
		describe = answer(&q[DESCRIBE]);
		p->hash = answer(&q[HASH]);
		p->branch = answer(&q[BRANCH]);
		date = answer(&q[DATE]);
		count = answer(&q[COUNT]);
	}
	for (size_t i = 0; i < QUESTIONS; i++)
		question_clear(&q[i]);
	if (rc == -1 || describe == NULL || p->hash == NULL)
		return rc;
	pieces_describe(p, describe, prefix);
	if (p->tag == NULL && p->error == NULL && count != NULL)
		p->distance = strtoul(count, NULL, 10);
	if (date != NULL)
		p->date = iso_date(date);
	return 1;
}

static int
from_git(struct version *v, const struct setup *s, const char *prefix,
    const struct say *say, struct error *e)
{
	struct pieces p = { 0 };
	int rc;

	if (s->vcs != NULL && strcmp(s->vcs, "git") != 0)
		return error_set(e, "setup.cfg: versioneer's VCS is not git");
	rc = ask_git(&p, prefix, say, e);
	if (rc == 1 && version_render(v, &p, s->style, e) == -1)
		rc = -1;
	pieces_clear(&p);
	return rc;
}

/* The root, or one of the two directories above, is named so. */
static bool
from_directory(struct version *v, const char *root, const char *prefix)
{
	MEM_AUTO char *path = mem_dup(root);
	char *slash;

	if (prefix == NULL || *prefix == '\0')
		return false;
	for (int i = 0; i < 3; i++) {
		slash = strrchr(path, '/');
		if (slash == NULL)
			return false;
		if (strncmp(slash + 1, prefix, strlen(prefix)) == 0) {
			v->version = mem_dup(slash + 1 + strlen(prefix));
			v->dirty_known = true;
			return true;
		}
		*slash = '\0';
	}
	return false;
}

static int
compute(struct version *v, const struct setup *s, const char *root,
    const struct say *say, struct error *e)
{
	const char *prefix = s->tag_prefix != NULL ? s->tag_prefix : "";
	int rc;

	if (from_source(v, s, prefix))
		return 1;
	rc = from_git(v, s, prefix, say, e);
	if (rc != 0 || from_directory(v, root, s->parentdir_prefix))
		return rc == -1 ? -1 : 1;
	v->version = mem_dup("0+unknown");
	v->error = mem_dup("unable to compute version");
	return 1;
}

int
versioneer_version(struct version *v, const char *root, const struct say *say,
    struct error *e)
{
	struct setup setup = { 0 };
	int rc = setup_read(&setup, e);

	if (rc == 0 && setup.source != NULL && *setup.source != '\0')
		rc = compute(v, &setup, root, say, e);
	setup_clear(&setup);
	return rc;
}

char *
versioneer_source(struct error *e)
{
	struct setup setup = { 0 };
	char *source = NULL;

	if (setup_read(&setup, e) == 0)
		source = mem_dup(setup.source);
	setup_clear(&setup);
	return source;
}
