/* SPDX-License-Identifier: ISC */
/* What an image of the project is called in docker: name and tag. */
#ifndef DOCKERUTILS_REFERENCE_H
#define DOCKERUTILS_REFERENCE_H

struct error;
struct project;

struct reference {
	char *name;		/* "registry.example:5000/team/thing" */
	char *tag;
};

/*
 * By the configuration of IMAGE: its name, or "PROJECT-IMAGE"; its tag, or the
 * user's name.  NAME and TAG, unless they are NULL or empty, stand for what it
 * says.  A reference that docker would not take is an error.
 */
int reference_make(struct reference *, const struct project *,
    const char *image, const char *name, const char *tag, struct error *);

/* NAME can be an image's; TAG can be a tag. */
int reference_check_name(const char *name, struct error *);
int reference_check_tag(const char *tag, struct error *);

/* "NAME:TAG", "NAME@DIGEST" or "NAME": docker would take it. */
int reference_check(const char *text, struct error *);

/*
 * TEXT as part of a name for a container or a tag: "-" for what may not be in
 * one.  The caller frees it.
 */
char *reference_part(const char *text);

void reference_clear(struct reference *);
#define REFERENCE_AUTO __attribute__((cleanup(reference_clear)))

#endif
