/* SPDX-License-Identifier: ISC */
#include "dockerdo/remote_words.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dockerdo/session.h"

/* The image's variables, where its CMD is ours; see overlay.c. */
#define IMAGE_ENV \
	"[ ! -r /run/dockerdo_env ] || . /run/dockerdo_env; "

/* Said before a command would run without what it needs. */
#define REFUSE \
	"if [ \"${_DODO-}\" != 1 ]; then echo 'dockerdo: the sshd in the " \
	"container takes no variables: dockerdo overlay and build make an " \
	"image whose sshd does' >&2; exit 125; fi; "

/*
 * The shell stays, to tell by its status what has ended the command; a signal is
 * for the command, whose own reaction to it is not changed by these traps.
 */
#define EXECUTE \
	"cd -- \"$1\" || exit 125; shift; " \
	"trap : INT TERM HUP QUIT; \"$@\"; exit $?"

static void
add_script(struct buf *b, const struct session *s)
{
	if (s->env.n > 0)
		buf_add_text(b, REFUSE);
	buf_add_text(b, IMAGE_ENV);
	for (size_t i = 0; i < s->env.n; i++)
		buf_addf(b, "export %.*s=\"$_DODO_%zu\"; unset _DODO_%zu; ",
		    (int)strcspn(s->env.v[i], "="), s->env.v[i], i, i);
	buf_add_text(b, "unset _DODO; export DEXEC_ID=\"$1\"; shift; "
	    EXECUTE);
}

char *
remote_words_text(const struct session *s, const char *directory,
    const char *cookie, char *const *words)
{
	STRV_AUTO struct strv all = { 0 };
	BUF_AUTO struct buf script = { 0 };

	add_script(&script, s);
	strv_push(&all, "exec");
	strv_push(&all, "sh");
	strv_push_option(&all, "-c", buf_text(&script));
	strv_push(&all, "dodo");
	strv_push(&all, cookie);
	strv_push(&all, directory);
	strv_pushv(&all, words);
	return text_quote_argv(strv_argv(&all));
}

void
remote_words_env(const struct session *s, struct strv *env)
{
	strv_push(env, "_DODO=1");
	for (size_t i = 0; i < s->env.n; i++)
		strv_pushf(env, "_DODO_%zu=%s", i,
		    strchr(s->env.v[i], '=') + 1);
}
