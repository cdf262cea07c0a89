/* SPDX-License-Identifier: ISC */
/*
 * _version.py.bld: the version of a project that has [versioneer] in its
 * setup.cfg, for an image to be built from, where there is no git.
 */
#ifndef DOCKERUTILS_VERSION_FILE_H
#define DOCKERUTILS_VERSION_FILE_H

struct buf;
struct error;
struct project;
struct version;

#define VERSION_FILE	"_version.py.bld"

/*
 * Write it into the working directory, the project's root.  1: written, 0:
 * versioneer is not in use there, -1 with the error set.
 */
int version_file_write(const struct project *, struct error *);

/* Append what would be in it; the same values. */
int version_file_make(struct buf *, const struct project *, struct error *);

/* Append the file's text for a version. */
int version_file_text(struct buf *, const struct version *, struct error *);

#endif
