/* SPDX-License-Identifier: ISC */
/* How a request went (draft, section 7). */
#ifndef SFTP_STATUS_H
#define SFTP_STATUS_H

#include <stdint.h>

#include "sftp/packet.h"

enum status {
	STATUS_OK = 0,
	STATUS_EOF = 1,
	STATUS_NO_SUCH_FILE = 2,
	STATUS_PERMISSION_DENIED = 3,
	STATUS_FAILURE = 4,
	STATUS_BAD_MESSAGE = 5,
	STATUS_OP_UNSUPPORTED = 8,
};

/*
 * What one who answers a request gives back: 0, an errno, or one of these.
 */
enum {
	ANSWER_MADE = -1,		/* there is a reply already */
	ANSWER_EOF = -2,		/* nothing is left */
};

/* The status that says most of ANSWER, which is not ANSWER_MADE. */
enum status status_of(int answer);

/* A STATUS packet, with the system's words for it. */
void status_put(struct reply *, uint32_t id, int answer);

#endif
