/* SPDX-License-Identifier: ISC */
/* What a client has open: a table of bounded size. */
#ifndef SFTP_HANDLES_H
#define SFTP_HANDLES_H

#include <stdint.h>

#include "sftp/packet.h"

#define HANDLES_MOST	512
#define HANDLE_SIZE	8		/* bytes, as the client has it */

enum handle_kind { HANDLE_FREE, HANDLE_FILE, HANDLE_DIRECTORY };

struct handle {
	enum handle_kind kind;
	int fd;
	int failed;			/* errno of a write that was lost, or 0 */
	uint32_t serial;		/* no other handle has had it */
};

/* Zero is an empty table. */
struct handles {
	struct handle all[HANDLES_MOST];
	uint32_t serial;
};

/*
 * One for FD, which is its own from now on, closed also where there is no room
 * for it: that is NULL, with errno ENFILE.
 */
struct handle *handles_add(struct handles *, enum handle_kind kind, int fd);

/* The handle that a client names by these bytes, or NULL. */
struct handle *handles_find(struct handles *, const uint8_t *bytes,
    size_t length);

/* Close it: 0, or an errno, that of a write that was lost as well. */
int handles_close(struct handle *);

/* A HANDLE packet. */
void handles_put(const struct handles *, const struct handle *, struct reply *,
    uint32_t id);

void handles_clear(struct handles *);

#endif
