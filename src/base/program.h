/* SPDX-License-Identifier: ISC */
/* What a program says for itself, on its own outputs. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

struct buf;

/*
 * "PROGRAM: TEXT" on stderr, behind what has been printed; in one write, so
 * that lines of several processes do not mix.
 */
void program_line(const char *program, const char *text);

/* Where to find help, on stderr. */
void program_hint(const char *program);

/* What --version says. */
void program_version(struct buf *, const char *program);

/*
 * Print TEXT and clear it.  Returns 0, or FAILED with a line on stderr where it
 * cannot be written.
 */
int program_print(struct buf *text, int failed);

#endif
