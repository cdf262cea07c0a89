/* SPDX-License-Identifier: ISC */
/*
 * A command on its way through an sshd, which takes a text for a shell: words
 * are quoted here, once, and come out as they were.
 */
#ifndef DOCKERDO_REMOTE_WORDS_H
#define DOCKERDO_REMOTE_WORDS_H

#include "base/strv.h"

struct session;

/*
 * The text that runs WORDS in DIRECTORY, with the session's variables and
 * DEXEC_ID=COOKIE; the caller frees it.  The variables' values come beside it
 * (remote_words_env()).
 */
char *remote_words_text(const struct session *, const char *directory,
    const char *cookie, char *const *words);

/*
 * Append NAME=VALUE words for the environment of ssh, which -o REMOTE_SEND takes
 * along: numbers for names, so that none of them means anything to ssh.
 */
void remote_words_env(const struct session *, struct strv *env);

#define REMOTE_SEND	"SendEnv=_DODO*"

#endif
