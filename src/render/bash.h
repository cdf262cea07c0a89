/* SPDX-License-Identifier: ISC */
/* What the template of bash's completion may name. */
#ifndef RENDER_BASH_H
#define RENDER_BASH_H

#include "render/template.h"

extern const struct part bash_parts[];

#endif
