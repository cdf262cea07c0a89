/* SPDX-License-Identifier: ISC */
/*
 * A session: one container, and how it is reached.  It is a directory, which
 * $DOCKERDO_SESSION_DIR names, with session.yaml and some other files, all for
 * its owner alone.  What is in session.yaml is only changed under a lock and
 * replaced as a whole.
 */
#ifndef DOCKERDO_SESSION_H
#define DOCKERDO_SESSION_H

#include <stdbool.h>

#include "base/strv.h"
#include "dockerdo/settings.h"

struct error;

enum container_state { CONTAINER_NOTHING, CONTAINER_RUNNING,
    CONTAINER_STOPPED };

/* Their names, ended by NULL. */
extern const char *const container_state_words[];

struct session {
	char *directory;	/* where it was read */

	char *base_image;
	char *container_name;
	int container_state;	/* enum container_state, as last seen */
	char *container_username;	/* NULL: the image's own */
	char *distro;
	char *docker_registry;	/* or NULL */
	char *docker_run_args;	/* words for a shell, or NULL */
	struct strv env;	/* NAME=VALUE */
	char *image_tag;	/* NULL: none has been built */
	char *local_work_dir;
	char *name;
	bool record_inotify;
	double remote_delay;	/* seconds */
	char *remote_host;	/* NULL: the engine is here */
	char *remote_host_build_dir;
	char *session_dir;
	int ssh_port_on_remote_host;	/* 0: none yet */
	int transport;		/* enum transport */
};

#define SESSION_VARIABLE	"DOCKERDO_SESSION_DIR"

/* May a new session have that name? */
bool session_name_is_good(const char *name);

/* The directory of all named sessions; NULL with the error set. */
char *session_home(struct error *);

/* Of the session that this shell works in; NULL with the error set. */
const char *session_current(struct error *);

int session_load(struct session *, const char *directory, struct error *);

/* Write a new one to its directory. */
int session_write(const struct session *, struct error *);

/*
 * Read it, let CHANGE do its work, and write it, while nobody else does the
 * same.  CHANGE returns -1 with the error set to leave it as it is.  *S is what
 * has been written.
 */
int session_change(struct session *s,
    int (*change)(struct session *, void *arg, struct error *), void *arg,
    struct error *);

/* The same for what is known of the container. */
int session_set_state(struct session *, enum container_state, struct error *);

/* ... of where its sshd is. */
int session_set_port(struct session *, int port, struct error *);

/* ... and what is changed in it shall be recorded from now on. */
int session_set_record(struct session *, struct error *);

/* Give variable NAME a value, or take it away (NULL). */
void session_set_variable(struct session *, const char *name,
    const char *value);

/* Where the container's files are mounted; the caller frees it. */
char *session_mount_point(const struct session *);

/* NAME in its directory; the caller frees it. */
char *session_file(const struct session *, const char *name);

void session_clear(struct session *);

#endif
