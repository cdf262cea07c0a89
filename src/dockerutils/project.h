/* SPDX-License-Identifier: ISC */
/*
 * A project: a directory with "docker/" in it, whose directories are the images
 * that can be built, and docker/dockerutils.cfg, which says more of them.
 */
#ifndef DOCKERUTILS_PROJECT_H
#define DOCKERUTILS_PROJECT_H

#include "base/say.h"
#include "base/strv.h"
#include "dockerutils/ini.h"
#include "base/words.h"

struct error;

#define PROJECT_VARIABLES	5

struct project {
	char *root;		/* absolute */
	char *name;		/* its last part, as it is written */
	char *prefix;		/* the same as part of an image's name */
	char *user;		/* who works on it */
	char *home;
	struct ini config;
	struct strv images;	/* directories below docker/, sorted */
	struct strv synthetic;	/* of [run_image] synthetic_images */
	struct variable variables[PROJECT_VARIABLES];	/* {user}, ... */
	const struct say *say;	/* for warnings; borrowed */
};

/*
 * Find the project of the working directory, in it or above it but below
 * $HOME, make its root the working directory, and read its configuration.
 */
int project_enter(struct project *, const struct say *, struct error *);

/* Who we are: $LOGNAME, $USER, $LNAME, $USERNAME, else by the user's number. */
char *user_name(void);

/* IMAGE is a directory below docker/; with SYNTHETIC, or a synthetic image. */
int project_check_image(const struct project *, const char *image,
    bool synthetic, struct error *);

/* A value of the configuration: where it is from, and what it is. */
struct value {
	const struct ini_entry *entry;	/* NULL: it is not there */
	char *text;
};

/* KEY of IMAGE's section.  The caller clears the value. */
int project_value(const struct project *, const char *image, const char *key,
    struct value *, struct error *);

/* The same as true or false; OTHERWISE when it is not there or empty. */
int project_flag(const struct project *, const char *image, const char *key,
    bool otherwise, bool *flag, struct error *);

/* Put file, line and key in front of an error that is set; returns -1. */
int project_blame(const struct project *, const struct value *,
    struct error *);

void value_clear(struct value *);
#define VALUE_AUTO __attribute__((cleanup(value_clear)))

void project_clear(struct project *);

#endif
