/* SPDX-License-Identifier: ISC */
#include "archive/output.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define GATHER	65536

static int
write_now(struct output *out, const void *data, size_t len)
{
	if (out->cause == 0 && file_write(out->fd, data, len) == -1)
		out->cause = errno;
	return out->cause == 0 ? 0 : -1;
}

int
output_flush(struct output *out)
{
	int r = write_now(out, out->buf.data, out->buf.len);

	buf_drop(&out->buf, out->buf.len);
	return r;
}

int
output_add(struct output *out, const void *data, size_t len)
{
	if (out->cause != 0)
		return -1;
	if (out->buf.len + len > GATHER && output_flush(out) == -1)
		return -1;
	if (len >= GATHER)
		return write_now(out, data, len);
	buf_add(&out->buf, data, len);
	return 0;
}

int
output_zeros(struct output *out, int64_t count)
{
	static const char zeros[4096];
	size_t step;

	for (; count > 0; count -= (int64_t)step) {
		step = sizeof(zeros);
		if (count < (int64_t)step)
			step = (size_t)count;
		if (output_add(out, zeros, step) == -1)
			return -1;
	}
	return 0;
}

int
output_finish(struct output *out, struct error *err)
{
	output_flush(out);
	buf_clear(&out->buf);
	/* Some file systems report a full disk only here. */
	if (close(out->fd) == -1 && out->cause == 0)
		out->cause = errno;
	out->fd = -1;
	if (out->cause == 0)
		return 0;
	errno = out->cause;
	return error_system(err, "cannot write standard output");
}
