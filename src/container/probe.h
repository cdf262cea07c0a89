/* SPDX-License-Identifier: ISC */
/*
 * What is run in the container to find out why a command was not: in the very
 * circumstances of a plan, but for its streams and its cookie.
 */
#ifndef CONTAINER_PROBE_H
#define CONTAINER_PROBE_H

struct plan;
struct strv;

/*
 * Append the docker argv that starts nothing: /dev/null is there and is no
 * program, so the runtime refuses it, unless it comes to something else first.
 */
void probe_nothing_argv(const struct plan *, struct strv *argv);

/*
 * Append the docker argv that asks a shell inside whether the plan's program
 * can be started: status 0 yes; 126 there is such a file, but it cannot be
 * run; 127 there is none.
 */
void probe_start_argv(const struct plan *, struct strv *argv);

#endif
