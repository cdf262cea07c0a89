/* SPDX-License-Identifier: ISC */
#include "dockerdo/image_name.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/words.h"

#define LONGEST_TAG	128	/* the distribution's reference grammar */
#define DIGEST_DIGITS	12	/* as docker shows an image's ID */

/* The parts of [HOST[:PORT]/]PATH[:TAG][@ALGORITHM:DIGEST]. */
static void
take_apart(const char *base, char **name, char **tag)
{
	size_t whole = strcspn(base, "@");
	MEM_AUTO char *path = mem_printf("%.*s", (int)whole, base);
	char *last = strrchr(path, '/'), *colon;

	last = last != NULL ? last + 1 : path;
	colon = strchr(last, ':');
	if (colon != NULL)
		*colon = '\0';
	*name = mem_dup(last);
	if (colon != NULL)
		*tag = mem_dup(colon + 1);
	else if (base[whole] == '@')
		*tag = mem_printf("%.*s", (int)strcspn(base + whole + 1, ":") +
		    1 + DIGEST_DIGITS, base + whole + 1);
	else
		*tag = mem_dup("latest");
}

static void
replace_others(char *text, const char *allowed)
{
	for (; *text != '\0'; text++)
		if (!isalnum((unsigned char)*text) &&
		    strchr(allowed, *text) == NULL)
			*text = '-';
}

/* NAME[:TAG], made such that the grammar has it. */
static char *
clean(char *text)
{
	char *colon = strchr(text, ':');
	size_t n;

	if (colon != NULL) {
		*colon++ = '\0';
		replace_others(colon, "_.-");
		if (strlen(colon) > LONGEST_TAG)
			colon[LONGEST_TAG] = '\0';
		/* A tag begins with none of these. */
		colon += strspn(colon, ".-");
	}
	replace_others(text, "_.-/");
	for (char *c = text; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	text += strspn(text, "_.-/");
	for (n = strlen(text); n > 0 && strchr("_.-/", text[n - 1]) != NULL;)
		text[--n] = '\0';
	if (n == 0)
		return NULL;
	return colon == NULL || *colon == '\0' ? mem_dup(text) :
	    mem_printf("%s:%s", text, colon);
}

char *
image_name(const char *template, const char *base, const char *registry,
    const char *session, struct error *e)
{
	MEM_AUTO char *name = NULL;
	MEM_AUTO char *tag = NULL;
	MEM_AUTO char *cleaned = NULL;
	BUF_AUTO struct buf text = { 0 };

	take_apart(base, &name, &tag);
	const struct variable variables[] = { { "base_image", name },
	    { "base_image_tag", tag }, { "session_name", session },
	    { NULL, NULL } };
	const struct replacing r = { .variables = variables,
	    .braces = BRACES_STRICT, .lenient = true };

	if (words_replace(&text, template, &r, e) == -1) {
		error_context(e, "default_image_name_template");
		return NULL;
	}
	buf_add(&text, "", 0);
	cleaned = clean(text.data);
	if (cleaned == NULL) {
		error_set(e, "default_image_name_template makes no name");
		return NULL;
	}
	return registry == NULL || *registry == '\0' ? mem_dup(cleaned) :
	    mem_printf("%s/%s", registry, cleaned);
}
