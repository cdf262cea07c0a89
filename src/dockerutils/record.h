/* SPDX-License-Identifier: ISC */
/*
 * What is recorded of a dock: a text of lines KEY=VALUE.  It is data: nothing
 * in it is ever run, and what could do harm further on is refused here.
 */
#ifndef DOCKERUTILS_RECORD_H
#define DOCKERUTILS_RECORD_H

struct buf;
struct error;
struct say;

struct record {
	char *user;		/* of ssh; never NULL once it is parsed */
	char *moniker;		/* what people call it; NULL: nothing */
	char *host;		/* address or name; never NULL once parsed */
	char *product;		/* of the AWS Service Catalog; or NULL */
	char *instance;		/* of EC2; or NULL */
	char *region;		/* of AWS, where these are; NULL: not known */
	char *profile;		/* of aws, whose they are; NULL: not known */
};

#define RECORD_USER	"ubuntu"	/* where none is given */

/*
 * Parse TEXT, which FILE stands for in messages.  Lines may end with CR LF, the
 * last one with nothing; empty ones, comments (#) and unknown keys do not
 * count.  Returns -1 with the error set when there is no good host or user; a
 * moniker that is not good is told to SAY and left out.
 */
int record_parse(struct record *, const char *text, const char *file,
    const struct say *, struct error *);

/* Append the record as record_parse() reads it. */
void record_text(const struct record *, struct buf *);

/* HOST, USER, MONIKER may be one; else the error is set. */
int record_check_host(const char *host, struct error *);
int record_check_user(const char *user, struct error *);
int record_check_moniker(const char *moniker, struct error *);
/* ID may be what AWS calls something: an instance, a region, ... */
int record_check_aws(const char *id, struct error *);

/* What the dock is called: its moniker, or its host. */
const char *record_name(const struct record *);

void record_clear(struct record *);

#endif
