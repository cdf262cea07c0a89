/* SPDX-License-Identifier: ISC */
/* In which order the images of a project are built. */
#ifndef DOCKERUTILS_BUILD_ORDER_H
#define DOCKERUTILS_BUILD_ORDER_H

struct error;
struct project;
struct strv;

/*
 * Append all images of the project that have a Dockerfile: each behind those
 * that its FROM lines name, "base" as early as that allows, the rest sorted.
 */
int build_order(struct strv *order, const struct project *, struct error *);

#endif
