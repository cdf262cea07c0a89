/* SPDX-License-Identifier: ISC */
/* Whether the container's files are mounted, and whether anybody serves them. */
#ifndef DOCKERDO_MOUNT_STATE_H
#define DOCKERDO_MOUNT_STATE_H

#include <sys/types.h>

struct error;
struct strv;

enum mount_state {
	MOUNT_NONE,
	MOUNT_ALIVE,
	MOUNT_DEAD,		/* its sshfs is gone: every use of it fails */
};

/* That of POINT; -1 with the error set. */
int mount_look(const char *point, enum mount_state *, struct error *);

/* For people and for JSON. */
extern const char *const mount_state_words[];

/* Append "NAME (PID)" of those processes that use what is below POINT. */
void mount_users(const char *point, struct strv *users);

#endif
