/* SPDX-License-Identifier: ISC */
/*
 * The configuration file: lines of "name = value", where name is the long name
 * of an option that may be set there.  Blank lines and lines that begin with
 * "#" are passed over; blanks around name and value do not count.  "@name =
 * value" gives a name to a value, for whoever has a use for that.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/options.h"

struct error;

/*
 * Where the file of PROGRAM is: $XDG_CONFIG_HOME/PROGRAM/config, else
 * $HOME/.config/PROGRAM/config (XDG Base Directory Specification).  NULL when
 * neither variable is set to an absolute path; else the caller frees it.
 */
char *config_path(const char *program);

/*
 * Set the fields of SETS (ended as for options_parse()) from the file at PATH.  Texts that a field borrows are
 * taken from *CONTENT, which the caller frees when the targets are done with.
 * A file that does not exist sets nothing and is no error.
 */
int config_read(const char *path, const struct option_set *sets, char **content,
    struct error *);

/* The same from text, which is changed; NAME stands in messages. */
int config_parse(char *text, const char *name, const struct option_set *sets,
    struct error *);

#endif
