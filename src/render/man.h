/* SPDX-License-Identifier: ISC */
/* What a manual page's template, in mdoc(7), may name. */
#ifndef RENDER_MAN_H
#define RENDER_MAN_H

#include "render/template.h"

extern const struct part man_parts[];

#endif
