/* SPDX-License-Identifier: ISC */
/*
 * Failure as a value.  A function that can fail takes a struct error *, sets
 * it, and returns -1; its callers add context or pass it up; only main prints
 * it and turns `status` into an exit status.  A zeroed struct means no error;
 * setting over an older error replaces it.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/* Exit statuses of our own, as env(1), timeout(1) and docker-run(1) use them */
#define STATUS_TIMED_OUT	124
#define STATUS_FAILED		125	/* dexec, docker, engine or container */
#define STATUS_NOT_INVOKED	126
#define STATUS_NOT_FOUND	127

struct error {
	char *text;		/* lower case, no full stop; NULL: no error */
	int status;		/* what main exits with */
	bool usage;		/* main adds where to find help */
};

/* Each sets status 125 and returns -1. */
int error_set(struct error *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, with ": " and the text of errno behind it. */
int error_system(struct error *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same as error_set, for a command line that makes no sense. */
int error_usage(struct error *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "CONTEXT: " before the text of an error that is set; returns -1. */
int error_context(struct error *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void error_clear(struct error *);

#define ERROR_AUTO __attribute__((cleanup(error_clear)))

#endif
