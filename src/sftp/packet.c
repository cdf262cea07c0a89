/* SPDX-License-Identifier: ISC */
#include "sftp/packet.h"

#include <string.h>

/* N bytes, or NULL where there are fewer. */
static uint8_t *
take(struct packet *p, size_t n)
{
	uint8_t *at = p->at;

	if (p->bad || p->left < n) {
		p->bad = true;
		return NULL;
	}
	p->at += n;
	p->left -= n;
	return at;
}

static uint64_t
get_number(struct packet *p, size_t n)
{
	const uint8_t *at = take(p, n);
	uint64_t value = 0;

	for (size_t i = 0; at != NULL && i < n; i++)
		value = value << 8 | at[i];
	return value;
}

uint8_t
packet_get8(struct packet *p)
{
	return (uint8_t)get_number(p, 1);
}

uint32_t
packet_get32(struct packet *p)
{
	return (uint32_t)get_number(p, 4);
}

uint64_t
packet_get64(struct packet *p)
{
	return get_number(p, 8);
}

const uint8_t *
packet_get_bytes(struct packet *p, size_t *length)
{
	uint32_t n = packet_get32(p);
	const uint8_t *bytes = take(p, n);

	*length = bytes == NULL ? 0 : n;
	return bytes;
}

const char *
packet_get_name(struct packet *p)
{
	uint32_t n = packet_get32(p);
	uint8_t *bytes = take(p, n), *name;

	if (bytes == NULL || memchr(bytes, '\0', n) != NULL) {
		p->bad = true;
		return "";
	}
	name = bytes - 1;
	memmove(name, bytes, n);
	name[n] = '\0';
	return (const char *)name;
}

uint8_t *
reply_space(struct reply *r, size_t length)
{
	uint8_t *at = r->data + r->used;

	if (r->full || r->room - r->used < length) {
		r->full = true;
		return NULL;
	}
	r->used += length;
	return at;
}

static void
set_number(uint8_t *at, uint64_t value, size_t n)
{
	while (n-- > 0) {
		at[n] = (uint8_t)value;
		value >>= 8;
	}
}

static void
put_number(struct reply *r, uint64_t value, size_t n)
{
	uint8_t *at = reply_space(r, n);

	if (at != NULL)
		set_number(at, value, n);
}

void
reply_put8(struct reply *r, uint8_t value)
{
	put_number(r, value, 1);
}

void
reply_put32(struct reply *r, uint32_t value)
{
	put_number(r, value, 4);
}

void
reply_put64(struct reply *r, uint64_t value)
{
	put_number(r, value, 8);
}

void
reply_put_bytes(struct reply *r, const void *bytes, size_t length)
{
	uint8_t *at;

	reply_put32(r, (uint32_t)length);
	at = reply_space(r, length);
	if (at != NULL && length > 0)
		memcpy(at, bytes, length);
}

void
reply_put_text(struct reply *r, const char *text)
{
	reply_put_bytes(r, text, strlen(text));
}

size_t
reply_begin(struct reply *r, enum packet_type type)
{
	size_t begun = r->used;

	reply_put32(r, 0);
	reply_put8(r, (uint8_t)type);
	return begun;
}

void
reply_end(struct reply *r, size_t begun)
{
	reply_set32(r, begun, (uint32_t)(r->used - begun - PACKET_LENGTH));
}

void
reply_set32(struct reply *r, size_t at, uint32_t value)
{
	if (!r->full)
		set_number(r->data + at, value, 4);
}
