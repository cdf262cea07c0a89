/* SPDX-License-Identifier: ISC */
#include "base/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"

#define BLANKS	" \t\r\n"

/* Reads a text word by word. */
struct scanner {
	const char *at;
	struct buf word;	/* the last one, without its quotes */
	bool quoted;		/* it had some */
	bool whole;		/* blanks do not end a word */
};

/* Behind an opening QUOTE, up to the one that closes it. */
static int
take_quoted(struct scanner *s, char quote, struct error *e)
{
	for (; *s->at != quote; s->at++) {
		if (*s->at == '\\' && quote == '"' &&
		    (s->at[1] == '"' || s->at[1] == '\\'))
			s->at++;
		if (*s->at == '\0')
			return error_set(e, "no closing %c", quote);
		buf_add_byte(&s->word, *s->at);
	}
	s->at++;
	return 0;
}

/* 1 when there is a word, 0 at the end, -1 with the error set. */
static int
next_word(struct scanner *s, struct error *e)
{
	char c;

	if (!s->whole)
		s->at += strspn(s->at, BLANKS);
	if (*s->at == '\0')
		return 0;
	buf_clear(&s->word);
	s->quoted = false;
	while (*s->at != '\0' && (s->whole || strchr(BLANKS, *s->at) == NULL)) {
		c = *s->at++;
		if (c != '\'' && c != '"' && c != '\\') {
			buf_add_byte(&s->word, c);
			continue;
		}
		s->quoted = true;
		if (c != '\\') {
			if (take_quoted(s, c, e) == -1)
				return -1;
		} else if (*s->at == '\0') {
			return error_set(e, "nothing stands behind the last \\");
		} else {
			buf_add_byte(&s->word, *s->at++);
		}
	}
	return 1;
}

int
words_split(struct strv *argv, const char *text, struct error *e)
{
	struct scanner s = { .at = text };
	int rc;

	while ((rc = next_word(&s, e)) == 1)
		strv_push(argv, buf_text(&s.word));
	buf_clear(&s.word);
	return rc;
}

/* How long a name of the environment is there; 0: none. */
static size_t
name_length(const char *at)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*at) && *at != '_')
		return 0;
	while (isalnum((unsigned char)at[n]) || at[n] == '_')
		n++;
	return n;
}

/* "$NAME", "${NAME}" or "${{NAME}}" at AT: its length and NAME, or 0. */
static size_t
reference_at(const char *at, char **name)
{
	size_t open = 0, n;

	while (open < 2 && at[1 + open] == '{')
		open++;
	n = name_length(at + 1 + open);
	if (n == 0 || strncmp(at + 1 + open + n, "}}", open) != 0)
		return 0;
	*name = mem_printf("%.*s", (int)n, at + 1 + open);
	return 1 + 2 * open + n;
}

/* At a "$".  Returns the bytes taken, or 0 with the error set. */
static size_t
replace_dollar(struct buf *out, const char *at, const struct replacing *r,
    struct error *e)
{
	MEM_AUTO char *name = NULL;
	const char *value;
	size_t n;

	if (at[1] == '$') {
		buf_add_byte(out, '$');
		return 2;
	}
	n = reference_at(at, &name);
	value = name != NULL ? getenv(name) : NULL;
	if (value != NULL) {
		buf_add_text(out, value);
		return n;
	}
	if (r->lenient) {
		buf_add_byte(out, '$');
		return 1;
	}
	if (name != NULL)
		error_set(e, "$%s is not in the environment", name);
	else
		error_set(e, "a single $ means nothing; write $$");
	return 0;
}

/* At a "{" or "}".  Returns the bytes taken, or 0 with the error set. */
static size_t
replace_brace(struct buf *out, const char *at, const struct replacing *r,
    struct error *e)
{
	MEM_AUTO char *name = NULL, *shown = NULL;
	size_t n = strcspn(at + 1, "{}");

	if (at[1] == at[0]) {
		buf_add_byte(out, at[0]);
		return 2;
	}
	name = mem_printf("%.*s", (int)n, at + 1);
	for (const struct variable *v = r->variables; at[0] == '{' &&
	    at[1 + n] == '}' && v != NULL && v->name != NULL; v++) {
		if (strcmp(v->name, name) != 0)
			continue;
		buf_add_text(out, v->value);
		return n + 2;
	}
	if (r->braces == BRACES_KNOWN) {
		buf_add_byte(out, at[0]);
		return 1;
	}
	shown = text_printable(name, 40);
	if (at[0] == '{' && at[1 + n] == '}')
		error_set(e, "{%s} is no variable", shown);
	else
		error_set(e, "a single %c means nothing; write it twice",
		    at[0]);
	return 0;
}

int
words_replace(struct buf *out, const char *text, const struct replacing *r,
    struct error *e)
{
	size_t n;

	/* The word is there also when it is empty. */
	buf_add(out, "", 0);
	for (; *text != '\0'; text += n) {
		if (*text == '$') {
			n = replace_dollar(out, text, r, e);
		} else if ((*text == '{' || *text == '}') &&
		    r->braces != BRACES_LITERAL) {
			n = replace_brace(out, text, r, e);
		} else {
			buf_add_byte(out, *text);
			n = 1;
		}
		if (n == 0)
			return -1;
	}
	return 0;
}

/* WORD is nothing but a variable of the environment, which is split. */
static bool
is_bare_reference(const struct scanner *s)
{
	const char *word = buf_text(&s->word);
	MEM_AUTO char *name = NULL;

	return !s->quoted && word[0] == '$' && word[1] != '$' &&
	    reference_at(word, &name) == strlen(word) && getenv(name) != NULL;
}

static void
add_fields(struct strv *argv, const char *value)
{
	size_t n;

	for (value += strspn(value, BLANKS); *value != '\0';
	    value += strspn(value, BLANKS)) {
		n = strcspn(value, BLANKS);
		strv_pushf(argv, "%.*s", (int)n, value);
		value += n;
	}
}

static int
add_word(struct strv *argv, const struct scanner *s,
    const struct replacing *r, struct error *e)
{
	BUF_AUTO struct buf word = { 0 };

	if (words_replace(&word, buf_text(&s->word), r, e) == -1)
		return -1;
	if (is_bare_reference(s))
		add_fields(argv, buf_text(&word));
	else
		strv_push(argv, buf_text(&word));
	return 0;
}

int
words_add(struct strv *argv, const char *text, const struct replacing *r,
    struct error *e)
{
	struct scanner s = { .at = text };
	int rc;

	while ((rc = next_word(&s, e)) == 1)
		if (add_word(argv, &s, r, e) == -1) {
			rc = -1;
			break;
		}
	buf_clear(&s.word);
	return rc;
}

int
words_unquote(struct buf *out, const char *text, const struct replacing *r,
    struct error *e)
{
	struct scanner s = { .at = text, .whole = true };
	int rc = next_word(&s, e);

	if (rc != -1)
		rc = words_replace(out, buf_text(&s.word), r, e);
	buf_clear(&s.word);
	return rc;
}
