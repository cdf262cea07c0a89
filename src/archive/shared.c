/* SPDX-License-Identifier: ISC */
#include "archive/shared.h"

#include <sha256.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "archive/members.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sha256.h"

static bool
is_among(const char *word, char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* CHAIN becomes the chain ID of what lies under DIFF and of DIFF itself. */
static void
chain_on(struct buf *chain, const char *diff)
{
	char hex[SHA256_DIGITS + 1];

	if (chain->len == 0) {
		buf_add_text(chain, diff);
		return;
	}
	buf_addf(chain, " %s", diff);
	SHA256Data((const uint8_t *)chain->data, chain->len, hex);
	buf_drop(chain, chain->len);
	buf_addf(chain, SHA256_PREFIX "%s", hex);
}

int
shared_make(struct shared *s, const char *count, char *const *diffs,
    struct error *e)
{
	BUF_AUTO struct buf chain = { 0 };
	char *end;
	size_t n = strtoul(count, &end, 10), all = 0;

	while (diffs[all] != NULL && sha256_is_digest(diffs[all]))
		all++;
	if (*end != '\0' || diffs[all] != NULL || n > all)
		return error_set(e, "dexec-archive is for dexec to run");
	for (size_t i = 0; i < n; i++) {
		chain_on(&chain, diffs[i]);
		if (is_among(diffs[i], diffs + n))
			continue;
		strv_pushf(&s->blobs, "blobs/sha256/%s",
		    diffs[i] + strlen(SHA256_PREFIX));
		strv_push(&s->chains, buf_text(&chain));
	}
	return 0;
}

bool
shared_has_blob(const struct shared *s, const char *name)
{
	return is_among(name, strv_argv(&s->blobs));
}

/* What ID is made of, with CHAIN in it, has ID for its digest. */
static bool
is_made_of(const char *id, const struct members *m, const char *chain)
{
	BUF_AUTO struct buf text = { 0 }, quoted = { 0 };
	struct members whole = *m;
	char hex[SHA256_DIGITS + 1];

	buf_addf(&quoted, "\"%s\"", chain);
	members_set(&whole, "layer_id", buf_text(&quoted));
	members_write(&whole, &text);
	SHA256Data((const uint8_t *)text.data, text.len, hex);
	return strcmp(hex, id) == 0;
}

static bool
is_any(const struct shared *s, const char *id, const struct members *m)
{
	for (size_t i = 0; i < s->chains.n; i++)
		if (is_made_of(id, m, s->chains.v[i]))
			return true;
	return false;
}

/* The file has its digits alone. */
static void
set_parent(struct members *m, struct buf *quoted)
{
	const struct member *parent = members_get(m, "parent");

	if (parent == NULL || parent->len < 2)
		return;
	buf_addf(quoted, "\"" SHA256_PREFIX "%.*s", (int)(parent->len - 1),
	    parent->value + 1);
	members_set(m, "parent", buf_text(quoted));
}

bool
shared_has_directory(const struct shared *s, const char *id, const char *json)
{
	BUF_AUTO struct buf quoted = { 0 };
	struct members m = { 0 };

	if (s->chains.n == 0 || members_read(&m, json) == -1)
		return false;
	members_drop(&m, "id");
	set_parent(&m, &quoted);
	if (is_any(s, id, &m))
		return true;
	/* The topmost layer's has it in the digest. */
	members_drop(&m, "os");
	return is_any(s, id, &m);
}

void
shared_clear(struct shared *s)
{
	strv_clear(&s->blobs);
	strv_clear(&s->chains);
}
