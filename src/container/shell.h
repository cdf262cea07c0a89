/* SPDX-License-Identifier: ISC */
/* The best interactive shell that an image has. */
#ifndef CONTAINER_SHELL_H
#define CONTAINER_SHELL_H

struct strv;

/* Append what starts it, with the arguments ARGS. */
void shell_argv(struct strv *argv, char *const *args);

#endif
