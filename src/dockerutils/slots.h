/* SPDX-License-Identifier: ISC */
/*
 * The slots of a docker run that the configuration fills: each is a key of the
 * image's section, and on a dock KEY_docked, where that is there.
 */
#ifndef DOCKERUTILS_SLOTS_H
#define DOCKERUTILS_SLOTS_H

#include <stdbool.h>

struct error;
struct project;
struct strv;
struct value;

/* An image of a project, on a dock or not. */
struct slots {
	const struct project *project;
	const char *image;
	bool docked;		/* a dock is where docker runs containers */
};

/* The value that fills KEY's slot; its text is NULL where none does. */
int slot_value(const struct slots *, const char *key, struct value *,
    struct error *);

/* Append its words. */
int slot_words(const struct slots *, const char *key, struct strv *argv,
    struct error *);

/* This shell is docked ($DOCKER_IP is set). */
bool slots_docked(void);

#endif
