/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: a client that sends whatever it likes.  All is taken apart as it
 * is for real, by the same catalog; but nobody acts on a request.  What answers
 * in place of those who would looks at the arguments, and gives each kind of
 * reply in turn.  Where the first byte is odd the client has said INIT.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "sftp/catalog.h"
#include "sftp/server.h"
#include "sftp/status.h"

#define MOST_KINDS	32

/* A name ends where it should, and can be read up to there. */
static void
check_name(const char *name)
{
	HOLDS(name == NULL || strlen(name) <= PACKET_MOST);
}

static void
check_request(const struct session *s, const struct request *q)
{
	unsigned sum = 0;

	check_name(q->name);
	check_name(q->second);
	for (size_t i = 0; i < q->data_length; i++)
		sum += q->data[i];
	HOLDS(sum <= 255 * q->data_length);
	HOLDS(q->data_length <= PACKET_MOST);
	HOLDS(q->handle == NULL || q->handle->kind != HANDLE_FREE);
	HOLDS(q->handle == NULL || (q->handle >= s->handles.all &&
	    q->handle < s->handles.all + HANDLES_MOST));
}

static int
put_handle(struct session *s, const struct request *q, struct reply *r)
{
	struct handle *h = handles_add(&s->handles, q->id % 2 == 0 ?
	    HANDLE_FILE : HANDLE_DIRECTORY, open("/dev/null", O_CLOEXEC));

	if (h == NULL)
		return errno;
	handles_put(&s->handles, h, r, q->id);
	return ANSWER_MADE;
}

/* There is room for the longest reply, whatever waits already. */
static int
put_most(const struct request *q, struct reply *r)
{
	size_t begun = reply_begin(r, PACKET_DATA);
	uint8_t *space = reply_space(r, PACKET_BULK);

	HOLDS(space != NULL);
	memset(space, 'x', PACKET_BULK);
	r->used -= PACKET_BULK - q->id % PACKET_BULK;
	attributes_put(r, &q->attributes);
	reply_end(r, begun);
	return ANSWER_MADE;
}

static int
answer(struct session *s, const struct request *q, struct reply *r)
{
	check_request(s, q);
	switch (q->id % 5) {
	case 0:
		return put_most(q, r);
	case 1:
		return q->handle != NULL ? handles_close(q->handle) : ANSWER_EOF;
	case 2:
		return (int)(q->length % 140);
	default:
		return put_handle(s, q, r);
	}
}

/* The catalog, with ourselves in the place of all who answer. */
static void
fill_kinds(struct request_kind *kinds)
{
	size_t n = 0;

	for (; catalog[n].type != 0; n++) {
		HOLDS(n < MOST_KINDS - 1);
		kinds[n] = catalog[n];
		kinds[n].answer = answer;
	}
	kinds[n].type = 0;
}

/* What the client sends, to be read from the beginning. */
static int
file_of(const uint8_t *data, size_t size)
{
	static const uint8_t init[] = { 0, 0, 0, 5, PACKET_INIT, 0, 0, 0, 3 };
	int fd = memfd_create("sftp", MFD_CLOEXEC);

	HOLDS(fd != -1);
	if (size > 0 && data[0] % 2 == 1)
		HOLDS(write(fd, init, sizeof(init)) == sizeof(init));
	if (size > 0)
		HOLDS(write(fd, data + 1, size - 1) == (ssize_t)size - 1);
	HOLDS(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* What was said is whole packets. */
static void
check_replies(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END), at = 0;
	uint8_t head[PACKET_LENGTH];

	while (at < end) {
		struct packet p = { .at = head, .left = sizeof(head) };
		uint32_t length;

		HOLDS(pread(fd, head, sizeof(head), at) == sizeof(head));
		length = packet_get32(&p);
		HOLDS(length >= 5 && length <= PACKET_MOST);
		at += PACKET_LENGTH + (off_t)length;
	}
	HOLDS(at == end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_kind kinds[MOST_KINDS];
	struct server server;
	int in = file_of(data, size), out = file_of(NULL, 0), rc;

	fill_kinds(kinds);
	HOLDS(server_open(&server, in, out, kinds) == 0);
	rc = server_run(&server);
	HOLDS(rc == 0 || rc == -1);
	HOLDS(server.stream.reply.used == 0 || rc == -1);
	HOLDS(!server.stream.reply.full);
	check_replies(out);
	server_close(&server);
	close(in);
	close(out);
	return 0;
}
