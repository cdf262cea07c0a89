/* SPDX-License-Identifier: ISC */
/* What an image that is built for a session is called. */
#ifndef DOCKERDO_IMAGE_NAME_H
#define DOCKERDO_IMAGE_NAME_H

struct error;

/*
 * A reference that docker takes, from TEMPLATE, in which {base_image} is the
 * last part of BASE's name, {base_image_tag} its tag (or "latest", or the
 * beginning of its digest), and {session_name} SESSION; "REGISTRY/" stands in
 * front, unless that is NULL or empty.  What no reference can have becomes "-".
 * The caller frees it; NULL with the error set.
 */
char *image_name(const char *template, const char *base,
    const char *registry, const char *session, struct error *);

#endif
