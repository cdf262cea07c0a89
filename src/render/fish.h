/* SPDX-License-Identifier: ISC */
/* What the template of fish's completion may name. */
#ifndef RENDER_FISH_H
#define RENDER_FISH_H

#include "render/template.h"

extern const struct part fish_parts[];

#endif
