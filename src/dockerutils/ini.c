/* SPDX-License-Identifier: ISC */
#include "dockerutils/ini.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"

#define LARGEST_FILE	(16 * 1024 * 1024)

/* How "%(key)s" may nest, as in Python; and what a value may grow to. */
#define DEEPEST		10
#define MOST_REFERENCES	1000
#define LARGEST_VALUE	(1024 * 1024)

/* What Python's str.strip() takes away, as far as it is ASCII. */
#define BLANKS		" \t\n\r\f\v\x1c\x1d\x1e\x1f"

/* One line of the file: its text, not NUL-terminated. */
struct line {
	const char *at;
	size_t len;
	unsigned int number;
};

struct parser {
	struct ini *ini;
	struct ini_section *section;	/* NULL before the first header */
	struct buf value;	/* of the entry that is open */
	bool open;		/* there is one, the last of the section */
	bool fold;
	size_t indent;		/* of the last header or key */
};

int
ini_error(const struct ini *ini, unsigned int line, struct error *e,
    const char *fmt, ...)
{
	MEM_AUTO char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	return error_set(e, "%s:%u: %s", ini->file, line, text);
}

static bool
blank(char c)
{
	return c != '\0' && strchr(BLANKS, c) != NULL;
}

static struct line
trim(struct line l)
{
	while (l.len > 0 && blank(l.at[0])) {
		l.at++;
		l.len--;
	}
	while (l.len > 0 && blank(l.at[l.len - 1]))
		l.len--;
	return l;
}

/* A copy of the line's text; the caller frees it. */
static char *
text_of(struct line l)
{
	char *text = mem_grow(NULL, l.len + 1, 1);

	memcpy(text, l.at, l.len);
	text[l.len] = '\0';
	return text;
}

/* The line is not as it should be: WHY. */
static int
refuse(const struct ini *ini, struct line l, const char *why, struct error *e)
{
	MEM_AUTO char *text = text_of(l);
	MEM_AUTO char *shown = text_printable(text, 60);

	return ini_error(ini, l.number, e, "'%s' %s", shown, why);
}

/* Give the open entry its value, which has no blanks at its end. */
static void
close_entry(struct parser *p)
{
	if (!p->open)
		return;
	while (p->value.len > 0 && blank(p->value.data[p->value.len - 1]))
		p->value.len--;
	if (p->value.data != NULL)
		p->value.data[p->value.len] = '\0';
	p->section->entries[p->section->n - 1].raw =
	    mem_dup(buf_text(&p->value));
	p->value.len = 0;
	if (p->value.data != NULL)
		p->value.data[0] = '\0';
	p->open = false;
}

static void
begin_section(struct parser *p, struct line header)
{
	struct ini *ini = p->ini;
	char *name = text_of(header);

	if (strcmp(name, "DEFAULT") == 0) {
		free(name);
		p->section = &ini->defaults;
		return;
	}
	if (ini->n == ini->room) {
		ini->room = ini->room == 0 ? 16 : 2 * ini->room;
		ini->sections = mem_grow(ini->sections, ini->room,
		    sizeof(*ini->sections));
	}
	p->section = &ini->sections[ini->n++];
	*p->section = (struct ini_section){ .name = name,
	    .line = header.number };
}

static int
begin_entry(struct parser *p, struct line l, struct error *e)
{
	struct ini_section *s = p->section;
	struct line key = l, value = l;

	if (s == NULL)
		return refuse(p->ini, l, "stands before the first [section]",
		    e);
	key.len = 0;
	while (key.len < l.len && strchr("=:", l.at[key.len]) == NULL)
		key.len++;
	if (key.len == l.len)
		return refuse(p->ini, l,
		    "is neither [section] nor key = value", e);
	value.at += key.len + 1;
	value.len -= key.len + 1;
	key = trim(key);
	value = trim(value);
	if (key.len == 0)
		return refuse(p->ini, l, "has no key", e);
	if (s->n == s->room) {
		s->room = s->room == 0 ? 8 : 2 * s->room;
		s->entries = mem_grow(s->entries, s->room,
		    sizeof(*s->entries));
	}
	s->entries[s->n++] = (struct ini_entry){ .key = text_of(key),
	    .line = l.number };
	for (char *c = s->entries[s->n - 1].key; p->fold && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	buf_add(&p->value, value.at, value.len);
	p->open = true;
	return 0;
}

/* "[name]": up to the last bracket of the line; what follows is ignored. */
static bool
is_header(struct line l, struct line *name)
{
	const char *end;

	if (l.len == 0 || l.at[0] != '[')
		return false;
	end = memrchr(l.at, ']', l.len);
	if (end == NULL || end == l.at + 1)
		return false;
	*name = (struct line){ l.at + 1, (size_t)(end - l.at - 1), l.number };
	return true;
}

static void
go_on(struct parser *p, struct line l)
{
	buf_add_byte(&p->value, '\n');
	buf_add(&p->value, l.at, l.len);
}

static int
take_line(struct parser *p, struct line whole, struct error *e)
{
	struct line l = trim(whole), name;
	size_t indent = (size_t)(l.at - whole.at);

	if (l.len > 0 && (l.at[0] == '#' || l.at[0] == ';'))
		return 0;
	if (l.len == 0) {
		if (p->open)
			go_on(p, l);
		return 0;
	}
	if (p->open && indent > p->indent) {
		go_on(p, l);
		return 0;
	}
	close_entry(p);
	p->indent = indent;
	if (!is_header(l, &name))
		return begin_entry(p, l, e);
	begin_section(p, name);
	return 0;
}

/* A line ends with LF, CR LF or CR. */
static struct line
next_line(const char *text, size_t len, unsigned int number, size_t *used)
{
	struct line l = { text, 0, number };

	while (l.len < len && text[l.len] != '\n' && text[l.len] != '\r')
		l.len++;
	*used = l.len;
	if (*used < len && text[*used] == '\r')
		(*used)++;
	if (*used < len && text[*used] == '\n' &&
	    (*used == l.len || text[*used - 1] == '\r'))
		(*used)++;
	return l;
}

static int
check_line(const struct ini *ini, struct line l, struct error *e)
{
	if (l.number == 1 && l.len >= 3 && memcmp(l.at, "\xef\xbb\xbf", 3) == 0)
		return ini_error(ini, 1, e,
		    "the file begins with a byte order mark");
	if (memchr(l.at, '\0', l.len) != NULL)
		return ini_error(ini, l.number, e, "the line has a NUL byte");
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct ini_entry *const *x = a, *const *y = b;
	int order = strcmp((*x)->key, (*y)->key);

	if (order != 0)
		return order;
	return ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static int
check_keys(const struct ini *ini, const struct ini_section *s,
    struct error *e)
{
	const struct ini_entry **sorted, *twice = NULL;
	MEM_AUTO char *name = NULL;

	if (s->n < 2)
		return 0;
	sorted = mem_grow(NULL, s->n, sizeof(*sorted));
	for (size_t i = 0; i < s->n; i++)
		sorted[i] = &s->entries[i];
	qsort(sorted, s->n, sizeof(*sorted), by_key);
	for (size_t i = 1; i < s->n && twice == NULL; i++)
		if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
			twice = sorted[i];
	free(sorted);
	if (twice == NULL)
		return 0;
	name = text_printable(twice->key, 60);
	return ini_error(ini, twice->line, e,
	    "'%s' is set a second time in its section", name);
}

static int
by_name(const void *a, const void *b, void *arg)
{
	const struct ini *ini = arg;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = strcmp(ini->sections[x].name, ini->sections[y].name);

	return order != 0 ? order : (x > y) - (x < y);
}

/* Sort the sections, and see that none is there twice. */
static int
index_sections(struct ini *ini, struct error *e)
{
	const struct ini_section *a, *b;
	MEM_AUTO char *name = NULL;

	if (ini->n == 0)
		return 0;
	ini->sorted = mem_grow(NULL, ini->n, sizeof(*ini->sorted));
	for (size_t i = 0; i < ini->n; i++)
		ini->sorted[i] = i;
	qsort_r(ini->sorted, ini->n, sizeof(*ini->sorted), by_name, ini);
	for (size_t i = 1; i < ini->n; i++) {
		a = &ini->sections[ini->sorted[i - 1]];
		b = &ini->sections[ini->sorted[i]];
		if (strcmp(a->name, b->name) != 0)
			continue;
		name = text_printable(b->name, 60);
		return ini_error(ini, b->line, e,
		    "[%s] is there already, in line %u", name, a->line);
	}
	return 0;
}

static int
check(struct ini *ini, struct error *e)
{
	if (index_sections(ini, e) == -1 ||
	    check_keys(ini, &ini->defaults, e) == -1)
		return -1;
	for (size_t i = 0; i < ini->n; i++)
		if (check_keys(ini, &ini->sections[i], e) == -1)
			return -1;
	return 0;
}

int
ini_parse(struct ini *ini, const char *text, size_t len, const char *name,
    bool fold, struct error *e)
{
	struct parser p = { .ini = ini, .fold = fold };
	unsigned int number = 0;
	struct line l;
	size_t used;
	int rc = 0;

	ini->file = mem_dup(name);
	ini->defaults.name = mem_dup("DEFAULT");
	for (; rc == 0 && len > 0; text += used, len -= used) {
		l = next_line(text, len, ++number, &used);
		rc = check_line(ini, l, e);
		if (rc == 0)
			rc = take_line(&p, l, e);
	}
	close_entry(&p);
	buf_clear(&p.value);
	return rc == 0 ? check(ini, e) : -1;
}

int
ini_read(struct ini *ini, const char *path, bool fold, struct error *e)
{
	BUF_AUTO struct buf text = { 0 };

	if (file_read(path, LARGEST_FILE, &text) == -1 && errno != ENOENT &&
	    errno != ENOTDIR)
		return error_system(e, "cannot read %s", path);
	return ini_parse(ini, buf_text(&text), text.len, path, fold, e);
}

const struct ini_section *
ini_section(const struct ini *ini, const char *name)
{
	size_t low = 0, high = ini->n, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(name,
		    ini->sections[ini->sorted[middle]].name);
		if (order == 0)
			return &ini->sections[ini->sorted[middle]];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const struct ini_entry *
own_entry(const struct ini_section *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->entries[i].key, key) == 0)
			return &s->entries[i];
	return NULL;
}

const struct ini_entry *
ini_entry(const struct ini *ini, const struct ini_section *s, const char *key)
{
	const struct ini_entry *entry = own_entry(s, key);

	return entry != NULL ? entry : own_entry(&ini->defaults, key);
}

/* One value being put together. */
struct expansion {
	const struct ini *ini;
	const struct ini_section *section;
	const struct ini_entry *entry;	/* that was asked for */
	struct buf *value;
	unsigned int references;
	bool stray;		/* some "%" means nothing */
};

static int
expand(struct expansion *x, const struct ini_entry *entry, int depth,
    struct error *e);

/* "%(key)s", the name of whose key is NAME. */
static int
refer(struct expansion *x, const struct ini_entry *from, struct line name,
    int depth, struct error *e)
{
	MEM_AUTO char *key = text_of(name);
	MEM_AUTO char *bad = text_printable(key, 60);
	const struct ini_entry *entry = ini_entry(x->ini, x->section, key);

	if (entry == NULL)
		return ini_error(x->ini, from->line, e,
		    "%%(%s)s: the section has no such key", bad);
	if (depth >= DEEPEST || ++x->references > MOST_REFERENCES)
		return ini_error(x->ini, from->line, e,
		    "%%(%s)s: keys refer to each other too often", bad);
	return expand(x, entry, depth + 1, e);
}

static int
expand(struct expansion *x, const struct ini_entry *entry, int depth,
    struct error *e)
{
	const char *at = entry->raw, *end;

	for (; *at != '\0'; at++) {
		if (x->value->len > LARGEST_VALUE)
			return ini_error(x->ini, x->entry->line, e,
			    "the value is longer than 1 MiB");
		if (*at != '%') {
			buf_add_byte(x->value, *at);
			continue;
		}
		end = at[1] == '(' ? strstr(at, ")s") : NULL;
		if (at[1] == '%') {
			buf_add_byte(x->value, *at++);
		} else if (end == NULL) {
			buf_add_byte(x->value, '%');
			x->stray = true;
		} else if (refer(x, entry, (struct line){ at + 2,
		    (size_t)(end - at - 2), 0 }, depth, e) == -1) {
			return -1;
		} else {
			at = end + 1;
		}
	}
	return 0;
}

int
ini_value(const struct ini *ini, const struct ini_section *s,
    const struct ini_entry *entry, struct buf *value, const struct say *say,
    struct error *e)
{
	struct expansion x = { .ini = ini, .section = s, .entry = entry,
	    .value = value };
	MEM_AUTO char *key = NULL;

	if (expand(&x, entry, 1, e) == -1)
		return -1;
	if (!x.stray)
		return 0;
	key = text_printable(entry->key, 60);
	say_warning(say, "%s:%u: a single %% in '%s' is taken as it is; "
	    "write %%%%", ini->file, entry->line, key);
	return 0;
}

static void
section_clear(struct ini_section *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->entries[i].key);
		free(s->entries[i].raw);
	}
	free(s->entries);
	free(s->name);
	memset(s, 0, sizeof(*s));
}

void
ini_clear(struct ini *ini)
{
	section_clear(&ini->defaults);
	for (size_t i = 0; i < ini->n; i++)
		section_clear(&ini->sections[i]);
	free(ini->sections);
	free(ini->sorted);
	free(ini->file);
	memset(ini, 0, sizeof(*ini));
}
