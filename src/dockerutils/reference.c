/* SPDX-License-Identifier: ISC */
#include "dockerutils/reference.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/project.h"

#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"
#define TAG_BYTES	LOWER UPPER DIGITS "_.-"

/* As github.com/distribution/reference has them. */
#define LONGEST_TAG	128
#define LONGEST_NAME	255

/* [a-z0-9]+, joined by ".", "_", "__" or any number of "-". */
static bool
is_component(const char *text, size_t len)
{
	size_t at = 0, n;

	for (;;) {
		n = strspn(text + at, LOWER DIGITS);
		if (n == 0 || at + n > len)
			return false;
		at += n;
		if (at == len)
			return true;
		n = strspn(text + at, "-");
		if (n == 0)
			n = text[at] == '.' ? 1 :
			    strncmp(text + at, "__", 2) == 0 ? 2 :
			    text[at] == '_' ? 1 : 0;
		if (n == 0)
			return false;
		at += n;
	}
}

/* A registry: a host, and perhaps a port. */
static bool
is_registry(const char *text, size_t len)
{
	size_t host = strspn(text, LOWER UPPER DIGITS ".-");

	if (*text == '[') {
		host = 1 + strspn(text + 1, DIGITS "abcdefABCDEF:");
		if (text[host++] != ']')
			return false;
	} else if (host == 0 || strchr(".-", *text) != NULL) {
		return false;
	}
	if (host == len)
		return memchr(text, '.', len) != NULL || *text == '[' ||
		    (len == 9 && strncmp(text, "localhost", 9) == 0);
	return host < len && text[host] == ':' && host + 1 < len &&
	    host + 1 + strspn(text + host + 1, DIGITS) == len;
}

int
reference_check_name(const char *name, struct error *e)
{
	const char *at = name, *slash = strchr(name, '/');
	MEM_AUTO char *shown = NULL;
	size_t n;

	if (slash != NULL && is_registry(name, (size_t)(slash - name)))
		at = slash + 1;
	for (;; at += n + 1) {
		n = strcspn(at, "/");
		if (!is_component(at, n) || strlen(name) > LONGEST_NAME)
			break;
		if (at[n] == '\0')
			return 0;
	}
	shown = text_printable(name, 100);
	return error_set(e, "'%s' cannot be an image's name: it is lower case "
	    "letters and digits, with single '.', '_', '-' and '/' between",
	    shown);
}

int
reference_check_tag(const char *tag, struct error *e)
{
	size_t n = strspn(tag, TAG_BYTES);
	MEM_AUTO char *shown = NULL;

	if (n > 0 && n <= LONGEST_TAG && tag[n] == '\0' && *tag != '.' &&
	    *tag != '-')
		return 0;
	shown = text_printable(tag, 100);
	return error_set(e, "'%s' cannot be a tag: it is 1 to 128 letters, "
	    "digits, '_', '.' and '-', and does not begin with '.' or '-'",
	    shown);
}

/* "sha256:" and 64 hexadecimal digits. */
static bool
is_digest(const char *text)
{
	return strncmp(text, "sha256:", 7) == 0 &&
	    strspn(text + 7, DIGITS "abcdef") == 64 && text[7 + 64] == '\0';
}

int
reference_check(const char *text, struct error *e)
{
	MEM_AUTO char *name = mem_dup(text);
	char *at = strchr(name, '@'), *slash;

	if (at != NULL) {
		*at++ = '\0';
		if (!is_digest(at))
			return error_set(e, "the digest is not sha256 and 64 "
			    "hexadecimal digits");
	}
	slash = strrchr(name, '/');
	at = strchr(slash != NULL ? slash : name, ':');
	if (at != NULL) {
		*at++ = '\0';
		if (reference_check_tag(at, e) == -1)
			return -1;
	}
	return reference_check_name(name, e);
}

char *
reference_part(const char *text)
{
	struct buf part = { 0 };

	for (; *text != '\0' && part.len < LONGEST_TAG; text++) {
		if (strchr(TAG_BYTES, *text) == NULL)
			buf_add_byte(&part, '-');
		else if (part.len > 0 || strchr(".-", *text) == NULL)
			buf_add_byte(&part, *text);
	}
	if (part.len == 0 || part.data[0] == '-') {
		BUF_AUTO struct buf rest = part;

		part = (struct buf){ 0 };
		buf_addf(&part, "x%s", buf_text(&rest));
	}
	return buf_steal(&part);
}

/* Read KEY with its variables replaced; NULL where it is not there. */
static int
read_part(const struct project *p, const char *image, const char *key,
    struct value *value, struct error *e)
{
	const struct replacing r = { p->variables, BRACES_KNOWN, false };
	struct buf text = { 0 };

	if (project_value(p, image, key, value, e) == -1)
		return -1;
	if (value->text == NULL)
		return 0;
	if (words_replace(&text, value->text, &r, e) == -1) {
		buf_clear(&text);
		return project_blame(p, value, e);
	}
	free(value->text);
	value->text = buf_steal(&text);
	return 0;
}

static bool
means_none(const char *prefix)
{
	static const char *const words[] = { "False", "false", "F", "f", NULL };

	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(prefix, words[i]) == 0)
			return true;
	return false;
}

static int
make_name(struct reference *r, const struct project *p, const char *image,
    struct error *e)
{
	VALUE_AUTO struct value name = { 0 };
	VALUE_AUTO struct value prefix = { 0 };

	if (read_part(p, image, "name", &name, e) == -1 ||
	    project_value(p, image, "prefix", &prefix, e) == -1)
		return -1;
	if (name.text == NULL)
		r->name = mem_printf("%s-%s", p->prefix, image);
	else if (prefix.text != NULL && means_none(prefix.text))
		r->name = mem_dup(name.text);
	else
		r->name = mem_printf("%s-%s", p->prefix, name.text);
	if (reference_check_name(r->name, e) == -1)
		return project_blame(p, &name, e);
	return 0;
}

static int
make_tag(struct reference *r, const struct project *p, const char *image,
    struct error *e)
{
	VALUE_AUTO struct value tag = { 0 };

	if (read_part(p, image, "tag", &tag, e) == -1)
		return -1;
	r->tag = tag.text != NULL ? mem_dup(tag.text) :
	    reference_part(p->user);
	if (reference_check_tag(r->tag, e) == -1)
		return project_blame(p, &tag, e);
	return 0;
}

int
reference_make(struct reference *r, const struct project *p,
    const char *image, const char *name, const char *tag, struct error *e)
{
	if (name != NULL && *name != '\0') {
		r->name = mem_dup(name);
		if (reference_check_name(name, e) == -1)
			return -1;
	} else if (make_name(r, p, image, e) == -1) {
		return -1;
	}
	if (tag == NULL || *tag == '\0')
		return make_tag(r, p, image, e);
	r->tag = mem_dup(tag);
	return reference_check_tag(tag, e);
}

void
reference_clear(struct reference *r)
{
	free(r->name);
	free(r->tag);
	*r = (struct reference){ 0 };
}
