/* SPDX-License-Identifier: ISC */
/*
 * pip.conf, which is there while images are built: made from pip.conf.template,
 * unless the project has one of its own, and removed by the last of those that
 * build at the same time.  One that a killed build has left is taken over.
 */
#ifndef DOCKERUTILS_PIP_CONF_H
#define DOCKERUTILS_PIP_CONF_H

#include <stdbool.h>

struct error;

struct pip_conf {
	int lock;		/* the template, open and locked; -1: none */
	bool missing;		/* there is neither file nor template */
};

/*
 * The file that a build which takes it as a secret reads: that of the project,
 * or the template.  NULL: there is none.
 */
const char *pip_conf_source(void);

/* In the working directory.  Returns -1 with the error set. */
int pip_conf_begin(struct pip_conf *, struct error *);

/* Harmless when it was not begun (zeroed but for lock -1), or twice. */
void pip_conf_end(struct pip_conf *);

#endif
