/* SPDX-License-Identifier: ISC */
/*
 * The engine that a session's container is on.  Where that is another machine,
 * docker itself goes there (-H ssh://HOST), but for what names directories: that
 * is run over there, by ssh, in the session's build directory.
 */
#ifndef DOCKERDO_ENGINE_H
#define DOCKERDO_ENGINE_H

#include "base/strv.h"
#include "dockerdo/session.h"

struct buf;
struct call;
struct error;
struct state;

/* Let call->docker be that of the session; *HOST is its address, to free. */
void engine_choose(struct call *, char **host);

/*
 * Append the argv that runs docker with WORDS (without its name) in the
 * session's directory: the work directory here, the build directory there.
 */
void engine_argv(const struct call *, char *const *words, struct strv *argv);

/* Run that; as step_run(), and as step_run_silently(). */
int engine_run(struct call *, char *const *words, struct error *);
int engine_run_silently(struct call *, char *const *words, struct error *);

/*
 * Ask docker, with WORDS; what it says is appended to ANSWER (NULL: dropped),
 * what it complains of is the error.
 */
int engine_ask(struct call *, char *const *words, struct buf *answer,
    struct error *);

/* What state the container is in; -1 with the error set: nobody knows. */
int engine_state(struct call *, struct state *, struct error *);

/*
 * The same as the session has it, which is corrected, with a note, where it had
 * it otherwise.
 */
int engine_verify(struct call *, enum container_state *, struct error *);

#endif
