/* SPDX-License-Identifier: ISC */
/*
 * Where versioneer (https://github.com/python-versioneer/python-versioneer)
 * would get a project's version from, in its order: keywords that git archive
 * has filled in, a version that was written down before, git, the name of the
 * directory.
 */
#ifndef DOCKERUTILS_VERSIONEER_H
#define DOCKERUTILS_VERSIONEER_H

struct error;
struct say;
struct version;

/*
 * By setup.cfg in ROOT, the working directory.  1: *V is filled in; 0: there is
 * no [versioneer], or it names no versionfile_source; -1 with the error set.
 */
int versioneer_version(struct version *v, const char *root,
    const struct say *, struct error *);

/*
 * The value of versionfile_source in setup.cfg of the working directory; the
 * caller frees it.  NULL: there is none.
 */
char *versioneer_source(struct error *);

#endif
