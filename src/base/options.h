/* SPDX-License-Identifier: ISC */
/*
 * Command-line options as constant data.  A row says what an option is called,
 * what it takes, which field of a struct it sets and how help describes it;
 * parsing, help text, man page and shell completion are all made from the
 * rows, so that they cannot disagree.
 *
 * The syntax is docker's (pflag without interspersed arguments): parsing stops
 * at the first word that is no option, or behind "--"; short options combine
 * ("-it") and take their value in the same word or the next ("-eA=1", "-e
 * A=1"); a boolean may be given a value behind "=" ("--tty=false", "-t=0"), and
 * so may an option that has one to be used without ("--wait", "--wait=healthy").
 * Beyond it, "_" and "-" are the same in a long name.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

enum option_kind {
	OPTION_BOOL,		/* bool */
	OPTION_TEXT,		/* const char *, borrowed from argv */
	OPTION_LIST,		/* struct strv: each use adds a word */
	OPTION_TIME,		/* int64_t in ms, see clock_parse() */
	OPTION_NUMBER,		/* int: `least` or more */
	OPTION_CHOICE,		/* int: the index in `choices` */
};

/* What a shell should offer for an option's value. */
enum option_complete {
	COMPLETE_NOTHING,
	COMPLETE_FILE,
	COMPLETE_DIRECTORY,
	COMPLETE_PROGRAM,
	COMPLETE_CONTEXT,
	COMPLETE_TARGET,	/* containers, as TARGET says it */
};

struct option_row {
	char letter;			/* 0: none */
	const char *name;		/* long name, without "--" */
	enum option_kind kind;
	size_t offset;			/* of the field in the target struct */
	const char *value;		/* what help calls the value, or NULL */
	const char *bare;		/* the value of a use without one; a
					   value stands behind "=" only then.
					   NULL: there must be one */
	const char *help;		/* one line, lower case, no full stop */
	const char *environment;	/* variable that sets it too, or NULL */
	bool config;			/* the configuration file may set it */
	const char *const *choices;	/* NULL-terminated, OPTION_CHOICE */
	int least;			/* OPTION_NUMBER */
	enum option_complete complete;
};

struct strv;

/* Rows (ended by one whose name is NULL) and the struct they set. */
struct option_set {
	const struct option_row *rows;
	void *target;
	struct strv *named;	/* what a configuration file gives names to:
				   "NAME=VALUE" of "@NAME = VALUE"; or NULL */
};

/*
 * Parse ARGV (no program name in front; NULL-terminated) by SETS (ended by one
 * whose rows are NULL).  Returns the number of words taken, or -1 with a usage
 * error that names the nearest option when one is unknown.
 */
int options_parse(const struct option_set *sets, char *const *argv,
    struct error *);

/* The option has a value, and the next word may be it. */
bool option_takes_word(const struct option_row *);

/* Set ROW's field in TARGET from VALUE (NULL: it was used without one). */
int option_assign(const struct option_row *, void *target, const char *value,
    struct error *);

/* Set whatever has a variable in the environment. */
int options_environment(const struct option_set *, struct error *);

/* The row of that long name, or NULL. */
const struct option_row *option_named(const struct option_row *rows,
    const char *name, size_t length);

/* Append two columns, one row a line: "  -t, --tty[=BOOL]   help". */
void options_help(struct buf *, const struct option_row *rows);

#endif
