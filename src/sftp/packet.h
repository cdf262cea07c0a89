/* SPDX-License-Identifier: ISC */
/*
 * Packets of the SSH File Transfer Protocol, version 3, as it stands in
 * draft-ietf-secsh-filexfer-02: what they are made of, taken apart and put
 * together in memory of a fixed size.
 *
 *	bytes	0-3	length of what follows	all numbers big-endian
 *		4	type
 *		5-	for all but INIT and VERSION an id of four bytes, and
 *			what the type says
 *
 * A string is its length, as four bytes, and so many bytes of any value.
 */
#ifndef SFTP_PACKET_H
#define SFTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_LENGTH	4		/* the bytes that say how long it is */
#define PACKET_BULK	(256 * 1024)	/* data of one READ or WRITE */
#define PACKET_MOST	(PACKET_BULK + 1024)	/* what LENGTH may say */

enum packet_type {
	PACKET_INIT = 1,
	PACKET_VERSION = 2,
	PACKET_OPEN = 3,
	PACKET_CLOSE = 4,
	PACKET_READ = 5,
	PACKET_WRITE = 6,
	PACKET_LSTAT = 7,
	PACKET_FSTAT = 8,
	PACKET_SETSTAT = 9,
	PACKET_FSETSTAT = 10,
	PACKET_OPENDIR = 11,
	PACKET_READDIR = 12,
	PACKET_REMOVE = 13,
	PACKET_MKDIR = 14,
	PACKET_RMDIR = 15,
	PACKET_REALPATH = 16,
	PACKET_STAT = 17,
	PACKET_RENAME = 18,
	PACKET_READLINK = 19,
	PACKET_SYMLINK = 20,
	PACKET_STATUS = 101,
	PACKET_HANDLE = 102,
	PACKET_DATA = 103,
	PACKET_NAME = 104,
	PACKET_ATTRS = 105,
	PACKET_EXTENDED = 200,
	PACKET_EXTENDED_REPLY = 201,
};

/* What is left of one that is being taken apart. */
struct packet {
	uint8_t *at;
	size_t left;
	bool bad;			/* it was too short, for ever */
};

/* Where there are too few bytes these give 0, and the packet is bad. */
uint8_t packet_get8(struct packet *);
uint32_t packet_get32(struct packet *);
uint64_t packet_get64(struct packet *);

/* A string in the packet's memory, of *LENGTH bytes. */
const uint8_t *packet_get_bytes(struct packet *, size_t *length);

/*
 * The same for a name: it ends with a NUL, for which it is moved over its
 * length.  A packet with a NUL inside of a name is bad.
 */
const char *packet_get_name(struct packet *);

/*
 * Packets on their way out, one behind the other.  Their makers know that there
 * is room; should there be none, FULL says so and nothing is added any more.
 */
struct reply {
	uint8_t *data;
	size_t used, room;
	bool full;
};

void reply_put8(struct reply *, uint8_t value);
void reply_put32(struct reply *, uint32_t value);
void reply_put64(struct reply *, uint64_t value);
void reply_put_bytes(struct reply *, const void *bytes, size_t length);
void reply_put_text(struct reply *, const char *text);

/* Begin a packet; what this returns is for reply_end(). */
size_t reply_begin(struct reply *, enum packet_type type);

/* It is whole: say its length. */
void reply_end(struct reply *, size_t begun);

/* Say the number that was put at AT before it was known. */
void reply_set32(struct reply *, size_t at, uint32_t value);

/* LENGTH bytes at the end, to be filled in by the caller; NULL: no room. */
uint8_t *reply_space(struct reply *, size_t length);

#endif
