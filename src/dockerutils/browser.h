/* SPDX-License-Identifier: ISC */
/*
 * The user's browser, where there is a desktop to show one.  It is given a file
 * of the user's alone that leads to the page, so that what is secret in the
 * page's address is in no list of processes.
 */
#ifndef DOCKERUTILS_BROWSER_H
#define DOCKERUTILS_BROWSER_H

struct browser {
	char *file;		/* NULL: none was opened */
};

/* Show URL, which has nothing in it that means something in HTML, if we can. */
void browser_open(struct browser *, const char *url);

/* Remove the file; the page stays. */
void browser_close(struct browser *);

#endif
