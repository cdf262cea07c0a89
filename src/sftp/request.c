/* SPDX-License-Identifier: ISC */
#include "sftp/request.h"

#include <errno.h>
#include <stdbool.h>

static bool
is_wanted(const struct handle *h, enum argument argument)
{
	if (h == NULL)
		return false;
	return argument == ARGUMENT_ANY ||
	    h->kind == (argument == ARGUMENT_FILE ?
	    HANDLE_FILE : HANDLE_DIRECTORY);
}

static int
get_handle(struct request *q, struct packet *p, enum argument argument,
    struct session *s)
{
	size_t length;
	const uint8_t *bytes = packet_get_bytes(p, &length);

	q->handle = handles_find(&s->handles, bytes, length);
	return is_wanted(q->handle, argument) ? 0 : EBADF;
}

static int
get(struct request *q, struct packet *p, enum argument argument,
    struct session *s)
{
	switch (argument) {
	case ARGUMENT_NONE:
		break;
	case ARGUMENT_NAME:
		q->name = packet_get_name(p);
		break;
	case ARGUMENT_SECOND:
		q->second = packet_get_name(p);
		break;
	case ARGUMENT_ANY:
	case ARGUMENT_FILE:
	case ARGUMENT_DIRECTORY:
		return get_handle(q, p, argument, s);
	case ARGUMENT_OFFSET:
		q->offset = packet_get64(p);
		break;
	case ARGUMENT_LENGTH:
		q->length = packet_get32(p);
		break;
	case ARGUMENT_FLAGS:
		q->flags = packet_get32(p);
		break;
	case ARGUMENT_ATTRIBUTES:
		attributes_get(p, &q->attributes);
		break;
	case ARGUMENT_DATA:
		q->data = packet_get_bytes(p, &q->data_length);
		break;
	}
	return 0;
}

int
request_get(struct request *q, struct packet *p, const struct request_kind *k,
    struct session *s)
{
	int error = 0;

	/* Also behind a handle that is none: the packet has to be right. */
	for (int i = 0; i < REQUEST_ARGUMENTS; i++)
		if (get(q, p, k->arguments[i], s) != 0)
			error = EBADF;
	return p->bad || p->left > 0 ? -1 : error;
}
