/* SPDX-License-Identifier: ISC */
#include "dockerutils/notebook.h"

#include <sys/random.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/command.h"

char *
notebook_token(struct error *e)
{
	const char *given = getenv("JUPYTER_TOKEN");
	unsigned char bytes[24];
	struct buf token = { 0 };

	if (given != NULL && *given != '\0') {
		if (given[strspn(given, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.~-")] == '\0')
			return mem_dup(given);
		error_set(e, "$JUPYTER_TOKEN has more than letters and digits");
		return NULL;
	}
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
		error_system(e, "no random numbers for a token");
		return NULL;
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_addf(&token, "%02x", bytes[i]);
	return buf_steal(&token);
}

/* The token is for whoever sits there, and for nobody's log. */
void
notebook_tell(struct call *call, int port, const char *page,
    const char *token)
{
	if (isatty(STDERR_FILENO))
		say_warning(&call->say,
		    "the notebook is " NOTEBOOK_URL "?token=%s", port, page,
		    token);
	else
		say_warning(&call->say, "the notebook is " NOTEBOOK_URL "; its "
		    "token is not shown here: set $JUPYTER_TOKEN before",
		    port, page);
}
