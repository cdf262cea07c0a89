/* SPDX-License-Identifier: ISC */
#include "dockerdo/activate.h"

#include <sys/stat.h>

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerdo/session.h"

/* For every shell that has functions; it leaves nothing behind it. */
static void
write_text(struct buf *b, const struct session *s)
{
	buf_add_text(b, "# Source this to work in a session of dockerdo; "
	    "deactivate_dockerdo leaves it.\n"
	    "export " SESSION_VARIABLE "=");
	text_quote(b, s->directory);
	buf_add_text(b, "\nexport DOCKERDO_SESSION_NAME=");
	text_quote(b, s->name);
	buf_add_text(b, "\ndeactivate_dockerdo() {\n"
	    "\tunset " SESSION_VARIABLE " DOCKERDO_SESSION_NAME\n"
	    "\tunset -f deactivate_dockerdo\n"
	    "}\n");
}

char *
activate_write(const struct session *s, struct error *e)
{
	MEM_AUTO char *path = session_file(s, "activate");
	BUF_AUTO struct buf text = { 0 };

	write_text(&text, s);
	if (file_replace(path, text.data, text.len) == -1 ||
	    chmod(path, 0700) == -1) {
		error_system(e, "cannot write %s", path);
		return NULL;
	}
	return mem_dup(path);
}
