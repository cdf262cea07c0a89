/* SPDX-License-Identifier: ISC */
#include "fanout/selector.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"

#define MOST_PARTS	10000
#define DEEPEST		32	/* groups in groups */
#define SHOWN		80
#define CONTEXT		"@context:"

/* A group that is being read, and the one that names it. */
struct frame {
	const char *group;
	unsigned int depth;
	const struct frame *up;
};

struct reading {
	struct selectors *to;
	const struct strv *groups;
	const struct frame *frame;	/* NULL: TARGET itself */
	const char *context;		/* that the part is in, or NULL */
	struct error *error;
};

static int read_target(struct reading *, const char *target);

bool
selector_is_plain(const char *target)
{
	return target[0] != '@' && strpbrk(target, ",*?[") == NULL;
}

/* --- one part */

/* That PART is wrong, and why; returns -1. */
static int
refuse(const struct reading *r, const char *part, const char *why)
{
	MEM_AUTO char *shown = text_printable(part, SHOWN);

	return error_set(r->error, "'%s': %s", shown, why);
}

/* TEXT without the backslashes before commas and backslashes. */
static char *
unescape(const char *text)
{
	struct buf b = { 0 };

	for (; *text != '\0'; text++) {
		if (*text == '\\' && (text[1] == ',' || text[1] == '\\'))
			text++;
		buf_add_byte(&b, *text);
	}
	return buf_steal(&b);
}

static struct selector *
append(struct reading *r, enum selector_kind kind, const char *part)
{
	struct selectors *to = r->to;
	struct selector *s;

	if (to->n == to->room) {
		to->room = to->room ? to->room * 2 : 8;
		to->v = mem_grow(to->v, to->room, sizeof(*to->v));
	}
	s = &to->v[to->n++];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	if (r->context != NULL)
		s->part = mem_printf(CONTEXT "%s/%s", r->context, part);
	else
		s->part = mem_dup(part);
	s->context = mem_dup(r->context);
	return s;
}

/* A keyword's reader gets what stands behind the colon; NULL: there is none. */
typedef int reader(struct reading *, const char *part, const char *value);

static int
read_all(struct reading *r, const char *part, const char *value)
{
	if (value != NULL)
		return refuse(r, part, "@all takes no value");
	append(r, SELECTOR_ALL, part);
	return 0;
}

/* The key ends at the first "=", as it does for docker's --label. */
static int
read_label(struct reading *r, const char *part, const char *value)
{
	size_t len = value != NULL ? strcspn(value, "=") : 0;
	MEM_AUTO char *key = NULL;
	struct selector *s;

	if (len == 0)
		return refuse(r, part,
		    "a label needs a key (@label:KEY[=VALUE])");
	s = append(r, SELECTOR_LABEL, part);
	key = mem_printf("%.*s", (int)len, value);
	s->word = unescape(key);
	if (value[len] == '=')
		s->value = unescape(value + len + 1);
	return 0;
}

/* A number of 1 to 9 digits that is not 0; 0 when it is none. */
static unsigned int
parse_replica(const char *text)
{
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > 9 || text[len] != '\0')
		return 0;
	return (unsigned int)strtoul(text, NULL, 10);
}

static int
read_compose(struct reading *r, const char *part, const char *value)
{
	const char *hash = value != NULL ? strchr(value, '#') : NULL;
	MEM_AUTO char *service = NULL;
	unsigned int replica = 0;
	struct selector *s;

	if (value != NULL && (*value == '\0' || hash == value))
		return refuse(r, part, "a service is missing "
		    "(@compose:SERVICE[#N])");
	if (hash != NULL && (replica = parse_replica(hash + 1)) == 0)
		return refuse(r, part, "what stands behind # is a replica's "
		    "number, from 1 on");
	if (hash != NULL)
		service = mem_printf("%.*s", (int)(hash - value), value);
	s = append(r, SELECTOR_COMPOSE, part);
	if (value != NULL)
		s->word = unescape(hash != NULL ? service : value);
	s->replica = replica;
	return 0;
}

static int
read_swarm(struct reading *r, const char *part, const char *value)
{
	if (value == NULL || *value == '\0')
		return refuse(r, part, "a service is missing (@swarm:SERVICE)");
	append(r, SELECTOR_SWARM, part)->word = unescape(value);
	return 0;
}

static int
read_image(struct reading *r, const char *part, const char *value)
{
	if (value == NULL || *value == '\0')
		return refuse(r, part, "an image is missing (@image:REF)");
	append(r, SELECTOR_IMAGE, part)->word = unescape(value);
	return 0;
}

static int
read_health(struct reading *r, const char *part, const char *value)
{
	static const char *const words[] = {
		[HEALTH_NONE] = "none",
		[HEALTH_STARTING] = "starting",
		[HEALTH_HEALTHY] = "healthy",
		[HEALTH_UNHEALTHY] = "unhealthy",
	};
	size_t i = 0;

	while (i < 4 && (value == NULL || strcmp(words[i], value) != 0))
		i++;
	if (i == 4)
		return refuse(r, part, "health is healthy, unhealthy, "
		    "starting or none");
	append(r, SELECTOR_HEALTH, part)->health = (enum health)i;
	return 0;
}

static int
read_context(struct reading *r, const char *part, const char *value)
{
	const char *slash = value != NULL ? strchr(value, '/') : NULL;
	MEM_AUTO char *name = NULL;
	struct reading inside = *r;

	if (r->context != NULL)
		return refuse(r, part, "a context within a context");
	if (slash == NULL || slash == value || slash[1] == '\0')
		return refuse(r, part, "a context is named with what is "
		    "selected there (@context:NAME/SELECTOR)");
	name = mem_printf("%.*s", (int)(slash - value), value);
	inside.context = name;
	return read_target(&inside, slash + 1);
}

static const struct keyword {
	const char *name;
	reader *read;
} keywords[] = {
	{ "@all", read_all },
	{ "@label", read_label },
	{ "@compose", read_compose },
	{ "@swarm", read_swarm },
	{ "@image", read_image },
	{ "@health", read_health },
	{ "@context", read_context },
	{ NULL, NULL },
};

/* --- groups */

/* The length of the name that the word of a group begins with. */
static size_t
group_length(const char *word)
{
	size_t len = strcspn(word, "=");

	while (len > 0 && (word[len - 1] == ' ' || word[len - 1] == '\t'))
		len--;
	return len;
}

/* The word of the group NAME, or NULL. */
static const char *
find_group(const struct strv *groups, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = groups != NULL ? groups->n : 0; i-- > 0;)
		if (group_length(groups->v[i]) == len &&
		    memcmp(groups->v[i], name, len) == 0 &&
		    strchr(groups->v[i], '=') != NULL)
			return groups->v[i];
	return NULL;
}

static int
refuse_unknown(const struct reading *r, const char *part)
{
	STRV_AUTO struct strv known = { 0 };
	MEM_AUTO char *shown = text_printable(part, SHOWN), *meant = NULL;
	const char *nearest;

	for (size_t i = 0; keywords[i].name != NULL; i++)
		strv_push(&known, keywords[i].name);
	for (size_t i = 0; r->groups != NULL && i < r->groups->n; i++)
		strv_pushf(&known, "@%.*s",
		    (int)group_length(r->groups->v[i]), r->groups->v[i]);
	nearest = text_nearest(part, (const char *const *)strv_argv(&known));
	if (nearest == NULL)
		return error_set(r->error, "unknown group '%s'", shown);
	meant = text_printable(nearest, SHOWN);
	return error_set(r->error, "unknown group '%s' (did you mean '%s'?)",
	    shown, meant);
}

static int
read_group(struct reading *r, const char *part)
{
	const char *name = part + 1, *word = find_group(r->groups, name);
	MEM_AUTO char *shown = text_printable(part, SHOWN);
	struct frame frame = { name, r->frame ? r->frame->depth + 1 : 1,
	    r->frame };
	struct reading inside = *r;

	if (word == NULL)
		return refuse_unknown(r, part);
	for (const struct frame *f = r->frame; f != NULL; f = f->up)
		if (strcmp(f->group, name) == 0)
			return error_set(r->error, "group '%s' holds itself",
			    shown);
	if (frame.depth > DEEPEST)
		return error_set(r->error, "group '%s' is more than %d "
		    "groups deep", shown, DEEPEST);
	inside.frame = &frame;
	if (read_target(&inside, strchr(word, '=') + 1) == -1)
		return error_context(r->error, "group '%s'", shown);
	return 0;
}

/* --- the list */

/* PART, which begins with "@". */
static int
read_word(struct reading *r, const char *part)
{
	size_t len = strcspn(part, ":");

	for (size_t i = 0; keywords[i].name != NULL; i++)
		if (strlen(keywords[i].name) == len &&
		    strncmp(keywords[i].name, part, len) == 0)
			return keywords[i].read(r, part,
			    part[len] == ':' ? part + len + 1 : NULL);
	return read_group(r, part);
}

static int
read_part(struct reading *r, const char *part)
{
	if (r->to->n >= MOST_PARTS)
		return error_set(r->error, "more than %d parts select",
		    MOST_PARTS);
	if (*part == '\0')
		return error_set(r->error, "a part between commas is empty");
	if (*part == '@')
		return read_word(r, part);
	if (strpbrk(part, "*?[") != NULL)
		append(r, SELECTOR_GLOB, part)->word = mem_dup(part);
	else
		append(r, SELECTOR_NAME, part)->word = unescape(part);
	return 0;
}

/* Where a pattern's bracket that opens at S has its end; NULL: nowhere. */
static const char *
bracket_end(const char *s)
{
	s++;
	if (*s == '!' || *s == '^')
		s++;
	if (*s == ']')
		s++;
	while (*s != '\0' && *s != ']')
		s += *s == '\\' && s[1] != '\0' ? 2 : 1;
	return *s == ']' ? s : NULL;
}

/* The length of the part that LIST begins with, or -1 when it has no end. */
static ptrdiff_t
part_length(const char *list)
{
	const char *s = list, *end, *slash;
	bool pattern;

	if (strncmp(list, CONTEXT, strlen(CONTEXT)) == 0) {
		slash = list + strcspn(list, "/,");
		s = *slash == '/' ? slash + 1 : list;
	}
	pattern = *s != '@';
	for (; *s != '\0' && *s != ','; s++) {
		if (*s == '\\' && s[1] != '\0') {
			s++;
		} else if (pattern && *s == '[') {
			end = bracket_end(s);
			if (end == NULL)
				return -1;
			s = end;
		}
	}
	return s - list;
}

static int
read_target(struct reading *r, const char *target)
{
	ptrdiff_t len;

	for (;;) {
		MEM_AUTO char *part = NULL;

		target += strspn(target, " \t");
		len = part_length(target);
		if (len == -1)
			return refuse(r, target, "a bracket is not closed");
		part = mem_printf("%.*s", (int)len, target);
		if (read_part(r, part) == -1)
			return -1;
		if (target[len] == '\0')
			return 0;
		target += len + 1;
	}
}

int
selectors_parse(struct selectors *s, const char *target,
    const struct strv *groups, struct error *e)
{
	struct reading r = { .to = s, .groups = groups, .error = e };

	return read_target(&r, target);
}

static void
selector_clear(struct selector *s)
{
	free(s->part);
	free(s->context);
	free(s->word);
	free(s->value);
}

void
selectors_clear(struct selectors *s)
{
	for (size_t i = 0; i < s->n; i++)
		selector_clear(&s->v[i]);
	free(s->v);
	memset(s, 0, sizeof(*s));
}
