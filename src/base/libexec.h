/* SPDX-License-Identifier: ISC */
/* Where our helper programs are. */
#ifndef BASE_LIBEXEC_H
#define BASE_LIBEXEC_H

/*
 * The path of the helper NAME, there or not: in $DEXEC_LIBEXEC_DIR, which is
 * for a build tree, else where it was installed.  The caller frees it.
 */
char *libexec_path(const char *name);

#endif
