/* SPDX-License-Identifier: ISC */
#include "sftp/server.h"

#include <errno.h>
#include <string.h>

#include "sftp/status.h"

#define VERSION	3

int
server_open(struct server *s, int in, int out,
    const struct request_kind *kinds)
{
	memset(s, 0, sizeof(*s));
	s->kinds = kinds;
	return stream_open(&s->stream, in, out);
}

/* Tell the version, and which extensions there are. */
static void
put_version(struct server *s)
{
	struct reply *r = &s->stream.reply;
	size_t begun = reply_begin(r, PACKET_VERSION);

	reply_put32(r, VERSION);
	for (const struct request_kind *k = s->kinds; k->type != 0; k++) {
		if (k->extension == NULL)
			continue;
		reply_put_text(r, k->extension);
		reply_put_text(r, k->revision);
	}
	reply_end(r, begun);
}

static int
greet(struct server *s, struct packet *p)
{
	uint32_t version = packet_get32(p);
	size_t length;

	/* The client's extensions are of no interest. */
	while (p->left > 0 && !p->bad) {
		packet_get_bytes(p, &length);
		packet_get_bytes(p, &length);
	}
	if (p->bad || version < VERSION)
		return -1;
	s->greeted = true;
	put_version(s);
	return 0;
}

static bool
is_called(const struct request_kind *k, const uint8_t *name, size_t length)
{
	return k->extension != NULL && strlen(k->extension) == length &&
	    memcmp(k->extension, name, length) == 0;
}

/* NULL: there is no such kind. */
static const struct request_kind *
find(const struct server *s, uint8_t type, struct packet *p)
{
	const struct request_kind *k = s->kinds;
	const uint8_t *name = NULL;
	size_t length = 0;

	if (type == PACKET_EXTENDED)
		name = packet_get_bytes(p, &length);
	for (; k->type != 0; k++)
		if (k->type == type &&
		    (name == NULL || is_called(k, name, length)))
			return p->bad ? NULL : k;
	return NULL;
}

/* Answer one packet; -1 where it breaks the rules. */
static int
serve(struct server *s, struct packet *p)
{
	struct reply *r = &s->stream.reply;
	const struct request_kind *kind;
	struct request q = { .id = 0 };
	uint8_t type = packet_get8(p);
	int answer = EOPNOTSUPP;

	if ((type == PACKET_INIT) == s->greeted)
		return -1;
	if (type == PACKET_INIT)
		return greet(s, p);
	q.id = packet_get32(p);
	kind = find(s, type, p);
	if (p->bad)
		return -1;
	if (kind != NULL)
		answer = request_get(&q, p, kind, &s->session);
	if (answer == -1)
		return -1;
	if (kind != NULL && answer == 0)
		answer = kind->answer(&s->session, &q, r);
	if (answer != ANSWER_MADE)
		status_put(r, q.id, answer);
	return r->full ? -1 : 0;
}

/* All whole packets that have come. */
static int
serve_all(struct server *s)
{
	struct packet p;
	int more;

	while ((more = stream_next(&s->stream, &p)) == 1)
		if (stream_make_room(&s->stream) == -1 || serve(s, &p) == -1)
			return -1;
	return more;
}

int
server_run(struct server *s)
{
	int rc;

	do {
		rc = serve_all(s);
		/* What came before the one that was wrong is still right. */
		if (stream_flush(&s->stream) == -1 || rc == -1)
			return -1;
		rc = stream_fill(&s->stream);
	} while (rc == 1);
	return rc == -1 || stream_is_cut(&s->stream) ? -1 : 0;
}

void
server_close(struct server *s)
{
	handles_clear(&s->session.handles);
	stream_close(&s->stream);
}
