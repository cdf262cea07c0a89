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

/* WORDS, quoted, with blanks between. */
static void
add_words(struct buf *b, const char *const *words)
{
	for (; *words != NULL; words++) {
		text_quote(b, *words);
		buf_add_text(b, words[1] != NULL ? " " : "");
	}
}

/*
 * Mount the build directory of the remote host beside the container's files, as
 * sessions with an sshd have it; unless it is.
 */
static void
add_mount(struct buf *b, const struct session *s, const char *point)
{
	BUF_AUTO struct buf make = { 0 };
	MEM_AUTO char *from = mem_printf("%s:%s", s->remote_host,
	    s->remote_host_build_dir);

	buf_add_text(&make, "mkdir -p -- ");
	text_quote(&make, s->remote_host_build_dir);
	buf_add_text(b, "mountpoint -q -- ");
	add_words(b, (const char *const[]){ point, NULL });
	buf_add_text(b, " || {\n\tmkdir -p -- ");
	add_words(b, (const char *const[]){ point, NULL });
	buf_add_text(b, " && ");
	add_words(b, (const char *const[]){ "ssh", "-n", "--",
	    s->remote_host, buf_text(&make), NULL });
	buf_add_text(b, " && ");
	add_words(b, (const char *const[]){ "sshfs", from, point, NULL });
	buf_add_text(b, "\n}\n");
}

static bool
has_mount(const struct session *s)
{
	return s->transport == TRANSPORT_SSH && s->remote_host != NULL;
}

/* For every shell that has functions; it leaves nothing behind it. */
static void
write_text(struct buf *b, const struct session *s)
{
	MEM_AUTO char *point = mem_printf("%s/%s", s->local_work_dir,
	    s->remote_host != NULL ? s->remote_host : "");

	buf_add_text(b, "# Source this to work in a session of dockerdo; "
	    "deactivate_dockerdo leaves it.\n"
	    "export " SESSION_VARIABLE "=");
	text_quote(b, s->directory);
	buf_add_text(b, "\nexport DOCKERDO_SESSION_NAME=");
	text_quote(b, s->name);
	buf_add_text(b, "\ndeactivate_dockerdo() {\n"
	    "\tunset " SESSION_VARIABLE " DOCKERDO_SESSION_NAME\n"
	    "\tunset -f deactivate_dockerdo\n");
	if (has_mount(s)) {
		buf_add_text(b, "\tfusermount -u -- ");
		text_quote(b, point);
		buf_add_byte(b, '\n');
	}
	buf_add_text(b, "}\n");
	if (has_mount(s))
		add_mount(b, s, point);
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
