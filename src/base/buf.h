/* SPDX-License-Identifier: ISC */
/*
 * Bytes that grow.  `data` is followed by a NUL that `len` does not count, so
 * that text can be read as a string; it is NULL until something was added.  A
 * zeroed struct is a valid empty buffer; clearing twice is harmless.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t room;
};

void buf_add(struct buf *, const void *bytes, size_t len);
void buf_add_text(struct buf *, const char *text);
void buf_add_byte(struct buf *, char byte);
void buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Room for MORE bytes behind the end; the caller fills it and raises len. */
char *buf_reserve(struct buf *, size_t more);

/* Drop the first N bytes (at most len). */
void buf_drop(struct buf *, size_t n);

/* The content as a string; "" when empty. */
const char *buf_text(const struct buf *);

/* Hand the content over as a malloc'ed string; the buffer is empty then. */
char *buf_steal(struct buf *);

void buf_clear(struct buf *);

#define BUF_AUTO __attribute__((cleanup(buf_clear)))

#endif
