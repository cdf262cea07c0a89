/* SPDX-License-Identifier: ISC */
/*
 * The working directory on a dock: /data/workspaces/USER/code/NAME there, by
 * rsync through ssh.
 */
#ifndef DOCKERUTILS_SYNC_H
#define DOCKERUTILS_SYNC_H

struct call;
struct error;
struct record;

/* "/data/workspaces/USER/code"; the caller frees it. */
char *sync_workspace(void);

/* The last part of the working directory's name; the caller frees it. */
char *sync_directory(void);

/* Copy it there, or from there.  Returns as step_run() does. */
int sync_up(struct call *, const struct record *, struct error *);
int sync_down(struct call *, const struct record *, struct error *);

#endif
