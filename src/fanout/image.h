/* SPDX-License-Identifier: ISC */
/*
 * Image references as people write them, against what docker ps shows.
 */
#ifndef FANOUT_IMAGE_H
#define FANOUT_IMAGE_H

#include <stdbool.h>

/*
 * Whether IMAGE is what REF means: the same text, the repository with any tag,
 * the repository with that tag (none is "latest") or digest, or an ID that
 * begins so (4 digits at least).  "docker.io/library/" does not count.
 */
bool image_matches(const char *image, const char *ref);

#endif
