/* SPDX-License-Identifier: ISC */
/*
 * Values of the configuration as words for an argv.  They are split as Python's
 * shlex does (POSIX rules, blanks are space, tab, CR and LF; no comments), and
 * then variables are replaced inside of each word: what a variable holds is
 * never split again, but for a word that is nothing but an unquoted $NAME.
 *
 *	$NAME ${NAME} ${{NAME}}	from the environment, also inside of quotes
 *	$$			$
 *	{name}			one of `variables`, where braces mean something
 *	{{ }}			{ and }, there too
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>

struct buf;
struct error;
struct strv;

struct variable {
	const char *name, *value;	/* borrowed */
};

enum braces {
	BRACES_LITERAL,		/* mean nothing */
	BRACES_KNOWN,		/* {x} stays where x is no variable */
	BRACES_STRICT,		/* {x} is an error then */
};

struct replacing {
	const struct variable *variables;	/* ended by name NULL */
	enum braces braces;
	bool lenient;		/* what $ cannot be replaced stays as it is;
				   else it is an error */
};

/* Append the words of TEXT to ARGV. */
int words_add(struct strv *argv, const char *text, const struct replacing *,
    struct error *);

/* Append the words of TEXT as they are, with nothing replaced. */
int words_split(struct strv *argv, const char *text, struct error *);

/* Append TEXT as one word, not split; quotes are no quotes. */
int words_replace(struct buf *, const char *text, const struct replacing *,
    struct error *);

/* Append TEXT as one word, blanks included; quotes are taken away first. */
int words_unquote(struct buf *, const char *text, const struct replacing *,
    struct error *);

#endif
