/* SPDX-License-Identifier: ISC */
/*
 * All that a keeper does before it serves: find out which container it is
 * about, put the agent there and have it say that it is there, and make sure
 * that the events are heard.
 */
#ifndef KEEPER_OPENING_H
#define KEEPER_OPENING_H

struct error;
struct keeper;

/* From keeper_init() to serving; -1 with the error set. */
int keeper_begin(struct keeper *, struct error *);

#endif
