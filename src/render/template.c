/* SPDX-License-Identifier: ISC */
#include "render/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

#define MORE		"@MORE "
#define END		"\n@END\n"
#define NAME_LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ_"

const char *
remark_on(struct remarks *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->list[i].name, name) != 0)
			continue;
		r->list[i].used = true;
		return r->list[i].text;
	}
	return "";
}

/* The next remark in TEXT, at the start of a line; NULL: there is none. */
static char *
find_remark(char *text)
{
	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, MORE, strlen(MORE)) == 0)
			return text;
		if (*text == '\0')
			break;
	}
	return NULL;
}

/* Append TEXT without its remarks, which go to R and point into it. */
static int
take_remarks(struct buf *rest, char *text, struct remarks *r, struct error *e)
{
	char *at, *line_end, *end;

	while ((at = find_remark(text)) != NULL) {
		line_end = strchr(at, '\n');
		end = line_end != NULL ? strstr(line_end, END) : NULL;
		if (end == NULL)
			return error_set(e, "a remark without an end");
		buf_add(rest, text, (size_t)(at - text));
		*line_end = '\0';
		r->list = mem_grow(r->list, r->n + 1, sizeof(*r->list));
		r->list[r->n++] = (struct remark){ .name = at + strlen(MORE),
		    .text = line_end + 1 };
		text = end + strlen(END);
		end[1] = '\0';
	}
	buf_add_text(rest, text);
	return 0;
}

static const struct part *
part_named(const struct part *parts, const char *name, size_t length)
{
	for (; parts->name != NULL; parts++)
		if (strlen(parts->name) == length &&
		    memcmp(parts->name, name, length) == 0)
			return parts;
	return NULL;
}

/* A part that ends its last line needs no other end of line behind it. */
static const char *
skip_line_end(const struct buf *b, const char *text)
{
	return b->len > 0 && b->data[b->len - 1] == '\n' && *text == '\n' ?
	    text + 1 : text;
}

static int
expand(struct buf *b, const char *text, const struct part *parts,
    struct remarks *r, struct error *e)
{
	const struct part *part;
	const char *at;
	size_t length;

	while ((at = strchr(text, '@')) != NULL) {
		buf_add(b, text, (size_t)(at - text));
		length = strspn(at + 1, NAME_LETTERS);
		if (length == 0 || at[length + 1] != '@') {
			buf_add_byte(b, '@');
			text = at + 1;
			continue;
		}
		part = part_named(parts, at + 1, length);
		if (part == NULL)
			return error_set(e, "@%.*s@ stands for nothing",
			    (int)length, at + 1);
		part->render(b, r);
		text = skip_line_end(b, at + length + 2);
	}
	buf_add_text(b, text);
	return 0;
}

static int
check_use(const struct remarks *r, struct error *e)
{
	for (size_t i = 0; i < r->n; i++)
		if (!r->list[i].used)
			return error_set(e, "a remark on %s, which is not",
			    r->list[i].name);
	return 0;
}

int
template_render(struct buf *b, char *text, const struct part *parts,
    struct error *e)
{
	BUF_AUTO struct buf rest = { 0 };
	struct remarks remarks = { 0 };
	int rc;

	rc = take_remarks(&rest, text, &remarks, e);
	if (rc == 0)
		rc = expand(b, buf_text(&rest), parts, &remarks, e);
	if (rc == 0)
		rc = check_use(&remarks, e);
	free(remarks.list);
	return rc;
}
