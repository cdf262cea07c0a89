/* SPDX-License-Identifier: ISC */
/*
 * The layers of an image that another engine has, from the first on, and how
 * they are known in the archive that docker save makes of the image:
 *
 *  - engine 25 and later: a layer is the file blobs/sha256/DIFF, by the digest
 *    of its content, its diff ID.
 *  - before: ID/layer.tar, with ID/json in front.  ID is the SHA-256 of what
 *    is in that json, but for "id" (and "os", as a rule), with the digest of
 *    the parent, if there is one, and the layer's chain ID as "layer_id", all
 *    sorted by name (image/v1/imagev1.go and image/tarexport/save.go of
 *    github.com/moby/moby).  So ID itself proves which layer it is, and what is
 *    made in another way is not taken for one.
 */
#ifndef ARCHIVE_SHARED_H
#define ARCHIVE_SHARED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

struct error;

struct shared {
	struct strv blobs;	/* their names, of the first kind */
	struct strv chains;	/* their chain IDs, for the second */
};

/*
 * The first COUNT, a number in digits, of the layers that DIFFS has: an
 * image's diff IDs ("sha256:" and 64 digits) in their order, NULL behind.  A
 * layer that comes once more behind those is none of them: its file is needed.
 * -1 with the error set.
 */
int shared_make(struct shared *, const char *count, char *const *diffs,
    struct error *);

/* NAME is a file of the first kind, of one of them. */
bool shared_has_blob(const struct shared *, const char *name);

/* The directory ID, in which JSON is the file json, is of one of them. */
bool shared_has_directory(const struct shared *, const char *id,
    const char *json);

void shared_clear(struct shared *);

#endif
