/* SPDX-License-Identifier: ISC */
/* What the template of zsh's completion may name. */
#ifndef RENDER_ZSH_H
#define RENDER_ZSH_H

#include "render/template.h"

extern const struct part zsh_parts[];

#endif
