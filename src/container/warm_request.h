/* SPDX-License-Identifier: ISC */
/*
 * A plan as a warm connection needs it: what docker would have made of its
 * options, made here.
 */
#ifndef CONTAINER_WARM_REQUEST_H
#define CONTAINER_WARM_REQUEST_H

#include "base/strv.h"
#include "container/plan.h"
#include "wire/start.h"

struct error;

struct warm_request {
	struct start start;	/* points into what is below, and the plan */
	struct strv env;
};

/*
 * 0, or -1 with the error set: this plan is docker's own business.  Cleared in
 * any case.
 */
int warm_request_make(struct warm_request *, const struct plan *,
    struct error *);
void warm_request_clear(struct warm_request *);

#endif
