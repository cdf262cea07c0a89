/* SPDX-License-Identifier: ISC */
/*
 * The options of ls that can be honoured with nothing but an archive.
 */
#ifndef ARCHIVE_LS_OPTIONS_H
#define ARCHIVE_LS_OPTIONS_H

struct error;

enum ls_hidden { HIDE_DOTTED, ALMOST_ALL, ALL };
enum ls_order { BY_NAME, BY_TIME, BY_SIZE };
enum ls_mark { MARK_NONE, MARK_DIRECTORIES, MARK_TYPES };

/* Fields are int so that one table can set them all; zero is plain `ls`. */
struct ls_options {
	int hidden;		/* enum ls_hidden: -a -A */
	int order;		/* enum ls_order: -t -S */
	int mark;		/* enum ls_mark: -p -F */
	int long_form;		/* -l */
	int one_column;		/* -1 */
	int directory;		/* -d: the directory itself */
	int human;		/* -h: sizes like 1.5K */
	int numeric;		/* -n: IDs for names */
	int reverse;		/* -r */
	int recursive;		/* -R */
	int question;		/* -q: ? for what is not printable */
	int follow;		/* -L: nothing to do */
};

/*
 * Parse ARGV (NULL-terminated, nothing but options): 0, or -1 with status 2
 * naming the option that is unknown.
 */
int ls_options_parse(struct ls_options *, char *const *argv, struct error *);

#endif
