/* SPDX-License-Identifier: ISC */
/*
 * Which files are changed through the mount, by inotify(7): it tells of what
 * programs of this machine do, also in directories that come later, and not of
 * what happens in the container.
 */
#ifndef DOCKERDO_RECORDER_H
#define DOCKERDO_RECORDER_H

struct call;
struct error;

/*
 * Record until the files are unmounted, or a signal comes, which is call->signo
 * then.
 */
int recorder_run(struct call *, struct error *);

/* The same where an option or the session says so, which is kept; else 0. */
int recorder_run_if_wanted(struct call *, struct error *);

#endif
