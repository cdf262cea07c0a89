/* SPDX-License-Identifier: ISC */
/* How a notebook server is protected and found. */
#ifndef DOCKERUTILS_NOTEBOOK_H
#define DOCKERUTILS_NOTEBOOK_H

struct call;
struct error;

#define NOTEBOOK_PORT	8888
#define NOTEBOOK_URL	"http://127.0.0.1:%d/%s"	/* a port, a page */

/*
 * $JUPYTER_TOKEN, or a new one of 48 random digits.  The caller frees it; NULL
 * with the error set.
 */
char *notebook_token(struct error *);

/* Of Jupyter Lab; and the first one, which leads to whatever the server has. */
#define NOTEBOOK_LAB	"lab"
#define NOTEBOOK_START	""

/* Say on standard error where it is: with the token, if that is a terminal. */
void notebook_tell(struct call *, int port, const char *page,
    const char *token);

#endif
