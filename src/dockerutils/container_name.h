/* SPDX-License-Identifier: ISC */
/* What a container that is run from an image of the project is called. */
#ifndef DOCKERUTILS_CONTAINER_NAME_H
#define DOCKERUTILS_CONTAINER_NAME_H

enum stamp {
	STAMP_RUN,		/* yy-mm-dd_HH.MM.SS, as run-image has it */
	STAMP_NOTEBOOK,		/* yyyy_mm_dd_HH.MM.SS, as run-notebook */
};

/* "USER_IMAGE_STAMP", by local time.  The caller frees it. */
char *container_name(const char *user, const char *image, enum stamp);

/*
 * The same with "-2", "-3", ... behind it when this user has run the same image
 * in this very second: the last name is kept in a file of the user's.
 */
char *container_name_new(const char *user, const char *image, enum stamp);

#endif
