/* SPDX-License-Identifier: ISC */
#include "dockerdo/sshfs.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/say.h"
#include "base/strv.h"
#include "run/ask.h"

#define OPTION		"no_contain_symlinks"
#define PATIENCE	5000	/* ms */

const char *
sshfs_link_option(int *signo)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct question q = { 0 };
	bool known = false;
	int rc;

	strv_push(&q.argv, "sshfs");
	strv_push(&q.argv, "--help");
	rc = ask(&q, 1, PATIENCE, &nobody, &e);
	if (rc > 0)
		*signo = rc;
	if (rc == 0)
		known = strstr(buf_text(&q.capture.out), OPTION) != NULL ||
		    strstr(buf_text(&q.capture.err), OPTION) != NULL;
	question_clear(&q);
	return known ? "," OPTION : "";
}
