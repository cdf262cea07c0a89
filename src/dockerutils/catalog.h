/* SPDX-License-Identifier: ISC */
/*
 * The AWS Service Catalog, as the aws program tells of it: what creates the
 * instance that a dock is, and ends it.
 */
#ifndef DOCKERUTILS_CATALOG_H
#define DOCKERUTILS_CATALOG_H

#include <stdint.h>

#include "base/strv.h"

struct call;
struct error;
struct record;

/* A product that can be provisioned. */
struct offer {
	char *product, *artifact, *path;	/* their ids */
	struct strv keys;	/* parameters that it takes, and behind each */
	struct strv allowed;	/* its allowed values, with newlines between;
				   "": any */
};

/* Look for PRODUCT, in the version that is called so. */
int catalog_find(struct offer *, const struct call *, const char *product,
    const char *version, struct error *);

/* The values that KEY takes, "" for any; NULL: there is no such parameter. */
const char *offer_allowed(const struct offer *, const char *key);

void offer_clear(struct offer *);

/* What has come of a provisioning or its end. */
struct provisioned {
	const struct record *dock;	/* whose end it is, and so whose
					   account; or NULL */
	char *product;		/* id of what was provisioned */
	char *address;		/* output PrivateIP */
	char *instance;		/* output InstanceID, or NULL */
};

/*
 * Append what provisions OFFER under NAME.  PARAMETERS and TAGS are words
 * "Key=K,Value=V"; TOKEN makes it happen once only.
 */
void catalog_provision_argv(const struct offer *, struct strv *argv,
    const char *name, const struct strv *parameters, const struct strv *tags,
    const char *token);

/*
 * Ask by ARGV, which begins something, and then every POLL ms how it goes, for
 * LIMIT ms at most, with a dot on standard output each time.  Returns -1 with
 * the error set when it has failed, or takes longer.
 */
int catalog_follow(struct provisioned *, const struct call *,
    char *const *argv, int64_t poll, int64_t limit, struct error *);

void provisioned_clear(struct provisioned *);

#endif
