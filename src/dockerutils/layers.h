/* SPDX-License-Identifier: ISC */
/*
 * The layers of images, by their diff IDs, from the lowest on.  What lies above
 * a layer that differs is of no use: an engine knows a layer by all that is
 * below it (its chain ID).
 */
#ifndef DOCKERUTILS_LAYERS_H
#define DOCKERUTILS_LAYERS_H

#include <stddef.h>

#include "base/strv.h"

/*
 * Append what TEXT, up to the end of its line, says: a JSON list of
 * "sha256:...".  Nothing where it is anything else.
 */
void layers_read(struct strv *layers, const char *text);

/*
 * How many of LAYERS, from the first on, one of the images has whose layers an
 * engine listed: each a line "layers LIST" of ANSWER, where all else is passed
 * over.
 */
size_t layers_shared(const struct strv *layers, const char *answer);

#endif
