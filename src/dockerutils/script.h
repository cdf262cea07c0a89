/* SPDX-License-Identifier: ISC */
/* pre_build_script and post_build_script of an image. */
#ifndef DOCKERUTILS_SCRIPT_H
#define DOCKERUTILS_SCRIPT_H

struct call;
struct error;

/*
 * Run the script of IMAGE that KEY has, if it has one: a program and its
 * arguments, or a line for sh(1) where something in it is for a shell.  WHAT is
 * what is printed of it ("pre-build-script").  Returns as step_run() does.
 */
int script_run(struct call *, const char *image, const char *key,
    const char *what, struct error *);

#endif
