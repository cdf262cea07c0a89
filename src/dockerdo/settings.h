/* SPDX-License-Identifier: ISC */
/*
 * What the user has set for new sessions: ~/.config/dockerdo/dockerdo.yaml,
 * see dockerdo.yaml(5).
 */
#ifndef DOCKERDO_SETTINGS_H
#define DOCKERDO_SETTINGS_H

#include <stdbool.h>

struct error;

/* How commands and files reach the container. */
enum transport { TRANSPORT_SSH, TRANSPORT_DOCKER };

/* Their names, ended by NULL. */
extern const char *const transport_words[];

struct settings {
	bool always_interactive;
	bool always_record_inotify;
	char *default_distro;
	char *default_docker_registry;	/* or NULL */
	char *default_docker_run_args;	/* or NULL */
	char *default_image;
	char *default_image_name_template;
	double default_remote_delay;	/* seconds */
	char *default_remote_host;	/* or NULL */
	int default_transport;		/* enum transport */
	char *ssh_key_path;		/* or NULL */
};

/* Where the file is; the caller frees it.  NULL with the error set. */
char *settings_path(struct error *);

/* What the file says; the defaults where it or a key is not there. */
int settings_load(struct settings *, struct error *);

/* Write the defaults to PATH. */
int settings_write_defaults(const char *path, struct error *);

void settings_clear(struct settings *);

/* $HOME, or NULL with the error set. */
const char *settings_home(struct error *);

#endif
