/* SPDX-License-Identifier: ISC */
#include "dockerutils/version.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

/* Behind a version that has a local part already, more follows with ".". */
static char
joint(const struct pieces *p)
{
	return p->tag != NULL && strchr(p->tag, '+') != NULL ? '.' : '+';
}

/* There is something that the tag does not have. */
static bool
goes_on(const struct pieces *p)
{
	return p->distance > 0 || p->dirty;
}

static const char *
dirty(const struct pieces *p, const char *text)
{
	return p->dirty ? text : "";
}

static const char *
off_master(const struct pieces *p, const char *text)
{
	return p->branch != NULL && strcmp(p->branch, "master") == 0 ? "" :
	    text;
}

/* TAG[DEV+N.gHEX[.dirty]], 0DEV+untagged.N.gHEX[.dirty] */
static void
local(struct buf *b, const struct pieces *p, const char *dev)
{
	if (p->tag == NULL)
		buf_addf(b, "0%s+untagged.%lu.g%s%s", dev, p->distance,
		    p->abbreviated, dirty(p, ".dirty"));
	else if (goes_on(p))
		buf_addf(b, "%s%s%c%lu.g%s%s", p->tag, dev, joint(p),
		    p->distance, p->abbreviated, dirty(p, ".dirty"));
	else
		buf_add_text(b, p->tag);
}

static void
pep440(struct buf *b, const struct pieces *p)
{
	local(b, p, "");
}

static void
pep440_branch(struct buf *b, const struct pieces *p)
{
	local(b, p, off_master(p, ".dev0"));
}

static void
pep440_pre(struct buf *b, const struct pieces *p)
{
	if (p->tag == NULL)
		buf_addf(b, "0.post.dev%lu", p->distance);
	else if (p->distance > 0)
		buf_addf(b, "%s.post.dev%lu", p->tag, p->distance);
	else
		buf_add_text(b, p->tag);
}

/* TAG[.postN MIDDLE +gHEX END], 0.postN... */
static void
post(struct buf *b, const struct pieces *p, const char *middle,
    const char *end)
{
	buf_add_text(b, p->tag != NULL ? p->tag : "0");
	if (p->tag == NULL || goes_on(p))
		buf_addf(b, ".post%lu%s%cg%s%s", p->distance, middle,
		    joint(p), p->abbreviated, end);
}

static void
pep440_post(struct buf *b, const struct pieces *p)
{
	post(b, p, dirty(p, ".dev0"), "");
}

static void
pep440_post_branch(struct buf *b, const struct pieces *p)
{
	post(b, p, off_master(p, ".dev0"), dirty(p, ".dirty"));
}

static void
pep440_old(struct buf *b, const struct pieces *p)
{
	buf_add_text(b, p->tag != NULL ? p->tag : "0");
	if (p->tag == NULL || goes_on(p))
		buf_addf(b, ".post%lu%s", p->distance, dirty(p, ".dev0"));
}

static void
git_describe(struct buf *b, const struct pieces *p)
{
	buf_add_text(b, p->tag != NULL ? p->tag : p->abbreviated);
	if (p->tag != NULL && p->distance > 0)
		buf_addf(b, "-%lu-g%s", p->distance, p->abbreviated);
	buf_add_text(b, dirty(p, "-dirty"));
}

static void
git_describe_long(struct buf *b, const struct pieces *p)
{
	buf_add_text(b, p->tag != NULL ? p->tag : p->abbreviated);
	if (p->tag != NULL)
		buf_addf(b, "-%lu-g%s", p->distance, p->abbreviated);
	buf_add_text(b, dirty(p, "-dirty"));
}

static const struct style {
	const char *name;
	void (*render)(struct buf *, const struct pieces *);
} styles[] = {
	{ "pep440", pep440 },
	{ "default", pep440 },
	{ "pep440-branch", pep440_branch },
	{ "pep440-pre", pep440_pre },
	{ "pep440-post", pep440_post },
	{ "pep440-post-branch", pep440_post_branch },
	{ "pep440-old", pep440_old },
	{ "git-describe", git_describe },
	{ "git-describe-long", git_describe_long },
	{ NULL, NULL }
};

int
version_render(struct version *v, const struct pieces *p, const char *style,
    struct error *e)
{
	const struct style *s = styles;
	struct buf text = { 0 };
	MEM_AUTO char *shown = NULL;

	while (s->name != NULL && style != NULL && *style != '\0' &&
	    strcmp(s->name, style) != 0)
		s++;
	if (s->name == NULL) {
		shown = text_printable(style, 60);
		return error_set(e, "versioneer has no style '%s'", shown);
	}
	v->revision = mem_dup(p->hash);
	if (p->error != NULL) {
		v->version = mem_dup("unknown");
		v->error = mem_dup(p->error);
		return 0;
	}
	s->render(&text, p);
	v->version = buf_steal(&text);
	v->date = mem_dup(p->date);
	v->dirty = p->dirty;
	v->dirty_known = true;
	return 0;
}

/* Take SUFFIX away from the end of TEXT, if it is there. */
static bool
take_suffix(char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	if (n < m || strcmp(text + n - m, suffix) != 0)
		return false;
	text[n - m] = '\0';
	return true;
}

/* "TAG-N-gHEX": cut into its parts, in place. */
static bool
cut(char *text, char **distance, char **hash)
{
	char *last = strrchr(text, '-');

	if (last == NULL || last[1] != 'g' || last[2] == '\0' ||
	    last[2 + strspn(last + 2, "0123456789abcdef")] != '\0')
		return false;
	*last = '\0';
	*hash = last + 2;
	last = strrchr(text, '-');
	if (last == NULL || last == text || last[1] == '\0' ||
	    last[1 + strspn(last + 1, "0123456789")] != '\0')
		return false;
	*last = '\0';
	*distance = last + 1;
	return true;
}

void
pieces_describe(struct pieces *p, const char *text, const char *prefix)
{
	MEM_AUTO char *copy = mem_dup(text);
	size_t n = strlen(prefix);
	char *distance, *hash;

	p->dirty = take_suffix(copy, "-dirty");
	if (strchr(copy, '-') == NULL) {
		p->abbreviated = mem_printf("%.7s", p->hash != NULL ? p->hash :
		    copy);
		return;
	}
	if (!cut(copy, &distance, &hash)) {
		p->error = mem_printf("unable to parse git-describe output: "
		    "'%s'", text);
	} else if (strncmp(copy, prefix, n) != 0) {
		p->error = mem_printf("tag '%s' doesn't start with prefix "
		    "'%s'", copy, prefix);
	} else {
		p->tag = mem_dup(copy + n);
		p->distance = strtoul(distance, NULL, 10);
		p->abbreviated = mem_dup(hash);
	}
}

void
pieces_clear(struct pieces *p)
{
	free(p->tag);
	free(p->hash);
	free(p->abbreviated);
	free(p->date);
	free(p->branch);
	free(p->error);
	memset(p, 0, sizeof(*p));
}

void
version_clear(struct version *v)
{
	free(v->version);
	free(v->revision);
	free(v->date);
	free(v->error);
	memset(v, 0, sizeof(*v));
}
