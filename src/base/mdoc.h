/* SPDX-License-Identifier: ISC */
/* Parts of a manual page, in mdoc(7), from the tables of a program. */
#ifndef BASE_MDOC_H
#define BASE_MDOC_H

#include "base/options.h"

struct buf;

/* "NAME [OPTIONS] SYNOPSIS" as a heading. */
void mdoc_command(struct buf *, const char *name, const char *synopsis);

/* Lines of text, with two blanks between sentences. */
void mdoc_paragraph(struct buf *, const char *text);

/* A list of options. */
void mdoc_options(struct buf *, const struct option_row *);

#endif
