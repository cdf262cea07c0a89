/* SPDX-License-Identifier: ISC */
/*
 * YAML files that are a map of values, some of which are maps of values again:
 * all that PyYAML writes of such a thing is read, and what is written PyYAML
 * reads.
 */
#ifndef DOCKERDO_YAML_H
#define DOCKERDO_YAML_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

/* All is borrowed for the time of the call. */
struct yaml_value {
	const char *map;	/* the key of the map it stands in; NULL: the
				   document's own */
	const char *key;
	const char *text;	/* NULL: null, or no text (a sequence, a map) */
};

/*
 * Tell FOUND of each value; it returns -1 with the error set to end it.
 * Returns -1 with the error set when TEXT is no such map; nothing at all is an
 * empty one.
 */
int yaml_read(const struct buf *text,
    int (*found)(void *arg, const struct yaml_value *, struct error *),
    void *arg, struct error *);

struct yaml_writer;

/* Write a document to BUF: a map that yaml_end() ends. */
struct yaml_writer *yaml_begin(struct buf *);

/* A key, or a value, as text: quoted where it would be read as another type.  */
void yaml_text(struct yaml_writer *, const char *text);

/* What shall be read as another type: null, true, 0.3. */
void yaml_plain(struct yaml_writer *, const char *text);

/* A map as a value. */
void yaml_map(struct yaml_writer *);
void yaml_map_end(struct yaml_writer *);

/* Returns -1 with the error set when something went wrong; the writer is gone. */
int yaml_end(struct yaml_writer *, struct error *);

#endif
