/* SPDX-License-Identifier: ISC */
/* Questions to whoever has called us. */
#ifndef DOCKERUTILS_CONFIRM_H
#define DOCKERUTILS_CONFIRM_H

enum confirmation {
	CONFIRM_YES,
	CONFIRM_NO,
	CONFIRM_HELP,
	CONFIRM_END,		/* standard input has ended */
};

/* Ask PROMPT on a terminal, and read a line: y, h, or anything else. */
enum confirmation confirm(const char *prompt);

#endif
