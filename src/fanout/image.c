/* SPDX-License-Identifier: ISC */
#include "fanout/image.h"

#include <stddef.h>
#include <string.h>

#define SHORTEST_PREFIX	4
#define SHORT_ID	12
#define HEX		"0123456789abcdef"

/* A reference taken apart: repository[:tag][@digest]. */
struct reference {
	const char *text;
	size_t repository;	/* length */
	const char *tag;	/* NULL: none */
	size_t tag_length;
	const char *digest;	/* NULL: none */
};

static const char *
skip(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : text;
}

static struct reference
take_apart(const char *text)
{
	struct reference r = { .text = skip(skip(text, "docker.io/"),
	    "library/") };
	const char *end = r.text + strcspn(r.text, "@"), *s = end;

	if (*end == '@')
		r.digest = end + 1;
	/* A colon before a slash is a registry's port. */
	while (s > r.text && s[-1] != ':' && s[-1] != '/')
		s--;
	r.repository = (size_t)(end - r.text);
	if (s > r.text && s[-1] == ':') {
		r.tag = s;
		r.tag_length = (size_t)(end - s);
		r.repository = (size_t)(s - 1 - r.text);
	}
	return r;
}

static bool
has_tag(const struct reference *r, const char *tag, size_t len)
{
	const char *own = r->tag != NULL ? r->tag : "latest";
	size_t own_length = r->tag != NULL ? r->tag_length : strlen(own);

	/* What a digest alone names has no tag. */
	if (r->tag == NULL && r->digest != NULL)
		return false;
	return own_length == len && memcmp(own, tag, len) == 0;
}

/* docker ps shows an ID when the tag now belongs to another image. */
static bool
id_begins(const char *image, const char *ref)
{
	const char *id = skip(image, "sha256:"), *prefix = skip(ref, "sha256:");
	size_t len = strlen(prefix), digits = strspn(id, HEX);

	if (id[digits] != '\0' || (id == image && digits != SHORT_ID))
		return false;
	return len >= SHORTEST_PREFIX && strncmp(id, prefix, len) == 0;
}

bool
image_matches(const char *image, const char *ref)
{
	struct reference is = take_apart(image), wanted = take_apart(ref);

	if (strcmp(image, ref) == 0 || id_begins(image, ref))
		return true;
	if (is.repository != wanted.repository ||
	    memcmp(is.text, wanted.text, is.repository) != 0)
		return false;
	if (wanted.tag != NULL &&
	    !has_tag(&is, wanted.tag, wanted.tag_length))
		return false;
	return wanted.digest == NULL || (is.digest != NULL &&
	    strcmp(is.digest, wanted.digest) == 0);
}
