/* SPDX-License-Identifier: ISC */
#include "dockerdo/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

#define BINARY	"tag:yaml.org,2002:binary"

static bool
is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static bool
is_null(const yaml_node_t *node, const char *text)
{
	static const char *const nulls[] = { "", "~", "null", NULL };

	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    is_one_of(text, nulls);
}

/* The text of a scalar; NULL when it is none. */
static char *
scalar(const yaml_node_t *node, struct error *e)
{
	struct buf b = { 0 };
	const char *value;
	size_t len;

	if (node == NULL || node->type != YAML_SCALAR_NODE)
		return NULL;
	value = (const char *)node->data.scalar.value;
	len = node->data.scalar.length;
	if (strcmp((const char *)node->tag, BINARY) != 0)
		buf_add(&b, value, len);
	else if (base64_decode(&b, value, len) == -1)
		error_set(e, "line %zu: this is no base64",
		    node->start_mark.line + 1);
	if (memchr(buf_text(&b), '\0', b.len) != NULL)
		error_set(e, "line %zu: a text has a NUL byte",
		    node->start_mark.line + 1);
	if (b.data == NULL)
		buf_add(&b, "", 0);
	return buf_steal(&b);
}

struct reading {
	yaml_document_t document;
	int (*found)(void *arg, const struct yaml_value *, struct error *);
	void *arg;
};

static int read_map(struct reading *, const yaml_node_t *, const char *name,
    struct error *);

static int
read_pair(struct reading *r, const yaml_node_pair_t *pair, const char *map,
    struct error *e)
{
	const yaml_node_t *key = yaml_document_get_node(&r->document,
	    pair->key);
	const yaml_node_t *node = yaml_document_get_node(&r->document,
	    pair->value);
	MEM_AUTO char *name = scalar(key, e);
	MEM_AUTO char *text = scalar(node, e);
	struct yaml_value value = { .map = map, .key = name, .text = text };

	if (e->text != NULL)
		return -1;
	if (name == NULL)
		return 0;
	if (map == NULL && node != NULL && node->type == YAML_MAPPING_NODE)
		return read_map(r, node, name, e);
	if (node != NULL && text != NULL && is_null(node, text))
		value.text = NULL;
	return r->found(r->arg, &value, e);
}

static int
read_map(struct reading *r, const yaml_node_t *node, const char *name,
    struct error *e)
{
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;

	for (; pair < node->data.mapping.pairs.top; pair++)
		if (read_pair(r, pair, name, e) == -1)
			return -1;
	return 0;
}

static int
read_document(struct reading *r, struct error *e)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->document);

	if (root == NULL)
		return 0;
	if (root->type == YAML_SCALAR_NODE && root->data.scalar.length == 0)
		return 0;
	if (root->type != YAML_MAPPING_NODE)
		return error_set(e, "this is no map of keys and values");
	return read_map(r, root, NULL, e);
}

int
yaml_read(const struct buf *text,
    int (*found)(void *arg, const struct yaml_value *, struct error *),
    void *arg, struct error *e)
{
	struct reading r = { .found = found, .arg = arg };
	yaml_parser_t parser;
	int rc;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser,
	    (const unsigned char *)buf_text(text), text->len);
	if (!yaml_parser_load(&parser, &r.document)) {
		rc = error_set(e, "line %zu: %s",
		    parser.problem_mark.line + 1,
		    parser.problem != NULL ? parser.problem : "no YAML");
	} else {
		rc = read_document(&r, e);
		yaml_document_delete(&r.document);
	}
	yaml_parser_delete(&parser);
	return rc;
}

struct yaml_writer {
	yaml_emitter_t emitter;
	struct buf *out;
	bool failed;
};

static int
take(void *arg, unsigned char *bytes, size_t len)
{
	struct yaml_writer *w = arg;

	buf_add(w->out, bytes, len);
	return 1;
}

/* MADE: the event could be initialised. */
static void
emit(struct yaml_writer *w, yaml_event_t *event, int made)
{
	/* The emitter takes the event, also where it fails. */
	if (w->failed || !made || !yaml_emitter_emit(&w->emitter, event))
		w->failed = true;
}

struct yaml_writer *
yaml_begin(struct buf *out)
{
	struct yaml_writer *w = mem_zero(1, sizeof(*w));
	yaml_event_t event;

	w->out = out;
	if (!yaml_emitter_initialize(&w->emitter))
		abort();
	yaml_emitter_set_output(&w->emitter, take, w);
	yaml_emitter_set_width(&w->emitter, -1);
	emit(w, &event, yaml_stream_start_event_initialize(&event,
	    YAML_UTF8_ENCODING));
	emit(w, &event, yaml_document_start_event_initialize(&event, NULL,
	    NULL, NULL, 1));
	yaml_map(w);
	return w;
}

/*
 * A text that YAML 1.1 takes for nothing else: it begins like no number and no
 * mark, and is none of the words for truth and for nothing.
 */
static bool
is_safe(const char *text)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on",
	    "off", "true", "false", "null", NULL };
	const char *at = text;

	if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/_",
	    *at) == NULL || *at == '\0')
		return false;
	for (; *at != '\0'; at++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789/_.:{}-", *at) ==
		    NULL)
			return false;
	return at[-1] != ':' && !is_one_of(text, words);
}

/* How many bytes the UTF-8 character at AT has; 0: it is none. */
static size_t
character(const unsigned char *at)
{
	size_t n = *at < 0x80 ? 1 : *at >= 0xc2 && *at < 0xe0 ? 2 :
	    *at >= 0xe0 && *at < 0xf0 ? 3 : *at >= 0xf0 && *at < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	/* Too long a form, a surrogate, beyond the last. */
	if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) ||
	    (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] > 0x8f))
		return 0;
	return n;
}

static bool
is_unicode(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t n = 1;

	for (; *at != '\0' && n > 0; at += n)
		n = character(at);
	return n > 0;
}

static void
write_scalar(struct yaml_writer *w, const char *text, const char *tag,
    yaml_scalar_style_t style)
{
	yaml_event_t event;

	emit(w, &event, yaml_scalar_event_initialize(&event, NULL,
	    (const yaml_char_t *)tag, (const yaml_char_t *)text, -1,
	    tag == NULL, tag == NULL, style));
}

void
yaml_text(struct yaml_writer *w, const char *text)
{
	BUF_AUTO struct buf coded = { 0 };

	if (is_unicode(text)) {
		/* The emitter quotes doubly where it has to. */
		write_scalar(w, text, NULL, is_safe(text) ?
		    YAML_PLAIN_SCALAR_STYLE : strchr(text, '\n') != NULL ?
		    YAML_DOUBLE_QUOTED_SCALAR_STYLE :
		    YAML_SINGLE_QUOTED_SCALAR_STYLE);
		return;
	}
	base64_encode(&coded, text, strlen(text));
	write_scalar(w, buf_text(&coded), BINARY,
	    YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

void
yaml_plain(struct yaml_writer *w, const char *text)
{
	write_scalar(w, text, NULL, YAML_PLAIN_SCALAR_STYLE);
}

void
yaml_map(struct yaml_writer *w)
{
	yaml_event_t event;

	emit(w, &event, yaml_mapping_start_event_initialize(&event, NULL,
	    NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

void
yaml_map_end(struct yaml_writer *w)
{
	yaml_event_t event;

	emit(w, &event, yaml_mapping_end_event_initialize(&event));
}

int
yaml_end(struct yaml_writer *w, struct error *e)
{
	yaml_event_t event;
	int rc = 0;

	yaml_map_end(w);
	emit(w, &event, yaml_document_end_event_initialize(&event, 1));
	emit(w, &event, yaml_stream_end_event_initialize(&event));
	if (w->failed)
		rc = error_set(e, "cannot be written as YAML: %s",
		    w->emitter.problem != NULL ? w->emitter.problem :
		    "no memory");
	yaml_emitter_delete(&w->emitter);
	free(w);
	return rc;
}
