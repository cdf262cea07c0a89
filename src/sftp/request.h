/* SPDX-License-Identifier: ISC */
/*
 * Requests: the arguments of one, found and checked before anybody acts on
 * them.  What arguments a kind of request has is data (sftp/catalog.h).
 */
#ifndef SFTP_REQUEST_H
#define SFTP_REQUEST_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "sftp/attributes.h"
#include "sftp/handles.h"
#include "sftp/packet.h"

#define REQUEST_ARGUMENTS	4

enum argument {
	ARGUMENT_NONE,			/* behind the last */
	ARGUMENT_NAME,
	ARGUMENT_SECOND,		/* another name */
	ARGUMENT_ANY,			/* a handle: of whatever it is */
	ARGUMENT_FILE,			/* of a file */
	ARGUMENT_DIRECTORY,		/* of a directory */
	ARGUMENT_OFFSET,
	ARGUMENT_LENGTH,
	ARGUMENT_FLAGS,			/* how to open */
	ARGUMENT_ATTRIBUTES,
	ARGUMENT_DATA,
};

/* Names and data lie in the memory of the packet. */
struct request {
	uint32_t id;
	const char *name, *second;
	struct handle *handle;
	uint64_t offset;
	uint32_t length, flags;
	struct attributes attributes;
	const uint8_t *data;
	size_t data_length;
};

/* What a connection has. */
struct session {
	struct handles handles;
	mode_t mask;			/* for modes that nobody asks for */
	bool contained;			/* links are told as links_contain() */
};

struct request_kind {
	enum packet_type type;
	const char *extension;		/* of EXTENDED: its name */
	const char *revision;		/* ... and the version it is of */
	enum argument arguments[REQUEST_ARGUMENTS];
	/* See sftp/status.h for what this returns. */
	int (*answer)(struct session *, const struct request *, struct reply *);
};

/*
 * Take the arguments of a KIND of request out of what is left of PACKET: 0, or
 * EBADF where there is no such handle, or -1 where they do not fill the packet
 * as they should.
 */
int request_get(struct request *, struct packet *, const struct request_kind *,
    struct session *);

#endif
