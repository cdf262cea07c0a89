/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: frames from a container that may be hostile.  The first byte
 * says in pieces of how many bytes they come.
 */
#include <errno.h>
#include <string.h>

#include "wire/frame.h"
#include "wire/message.h"
#include "fuzz.h"

/* The whole frames that are there; 0, or -1 when the rest is none. */
static int
take(struct frame_reader *r, struct frame_writer *again)
{
	struct frame f;
	int rc;

	while ((rc = frame_next(r, &f)) == 1) {
		HOLDS((int32_t)f.length <= message_limit(f.type));
		HOLDS(f.payload >= r->data + FRAME_HEADER);
		HOLDS(f.payload + f.length <= r->data + r->end);
		HOLDS(frame_put(again, f.channel, f.type, f.payload,
		    f.length) == 0);
	}
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? (size_t)data[0] + 1 : 1, room, n;
	struct frame_reader r = { 0 };
	struct frame_writer again = { 0 };
	int rc = 0;

	for (size_t at = 1; at < size && rc == 0; at += n) {
		uint8_t *space = frame_reader_space(&r, &room);

		HOLDS(space != NULL && room >= 4096);
		n = piece < size - at ? piece : size - at;
		memcpy(space, data + at, n);
		frame_reader_filled(&r, n);
		rc = take(&r, &again);
		/* Memory for what has come, not for what is promised. */
		HOLDS(r.room <= 2 * size + 256 * 1024);
	}
	HOLDS(rc == 0 || (errno == EPROTO && take(&r, &again) == -1));
	/* What was taken is what came. */
	HOLDS(frame_waiting(&again) <= (size > 0 ? size - 1 : 0));
	HOLDS(frame_waiting(&again) == 0 || memcmp(again.data, data + 1,
	    frame_waiting(&again)) == 0);
	frame_reader_clear(&r);
	frame_writer_clear(&again);
	return 0;
}
