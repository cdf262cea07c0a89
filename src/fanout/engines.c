/* SPDX-License-Identifier: ISC */
#include "fanout/engines.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "fanout/selector.h"
#include "run/ask.h"

struct engine_row *
engines_add(struct engines *engines, const struct docker *docker,
    const char *name)
{
	struct engine_row *row = mem_zero(1, sizeof(*row));

	row->name = mem_dup(name);
	row->docker = *docker;
	if (name != NULL)
		row->docker.context = row->name;
	engines->v = mem_grow(engines->v, engines->n + 1,
	    sizeof(*engines->v));
	engines->v[engines->n++] = row;
	return row;
}

struct engine_row *
engines_named(const struct engines *engines, const char *name)
{
	const char *known;

	for (size_t i = 0; i < engines->n; i++) {
		known = engines->v[i]->name;
		if (name == NULL ? known == NULL :
		    known != NULL && strcmp(known, name) == 0)
			return engines->v[i];
	}
	return NULL;
}

bool
engine_is_meant(const struct engine_row *row, const struct selector *part)
{
	if (row->node)
		return false;
	if (part->context == NULL)
		return row->common;
	return row->name != NULL && strcmp(row->name, part->context) == 0;
}

void
engine_lose(struct engine_row *row, char *reason)
{
	if (row->lost == NULL)
		row->lost = reason;
	else
		free(reason);
}

/* An engine while it is asked. */
struct stock {
	struct engine_row *row;
	struct inventory_ask ask;
};

static void
read_answer(struct stock *s, const struct question *q)
{
	ERROR_AUTO struct error e = { 0 };

	s->row->asked = true;
	if (!question_answered(q))
		engine_lose(s->row, question_complaint(q));
	else if (inventory_parse(&s->row->inventory, &s->ask,
	    buf_text(&q->capture.out), q->capture.out.len, &e) == -1)
		engine_lose(s->row, mem_dup(e.text));
}

static size_t
make_questions(const struct engines *engines, const struct engines_ask *how,
    struct stock *stock, struct question *q)
{
	struct engine_row *row;
	size_t n = 0;

	for (size_t i = 0; i < engines->n; i++) {
		row = engines->v[i];
		if (!row->wanted || row->asked || row->lost != NULL)
			continue;
		stock[n].row = row;
		stock[n].ask.all = how->all;
		inventory_ask_for(&stock[n].ask, how->take, row->name);
		inventory_ask_for(&stock[n].ask, how->leave, row->name);
		inventory_argv(&row->docker, &stock[n].ask, &q[n].argv);
		n++;
	}
	return n;
}

int
engines_take_stock(struct engines *engines, const struct engines_ask *how,
    struct error *e)
{
	struct question *q = mem_zero(engines->n, sizeof(*q));
	struct stock *stock = mem_zero(engines->n, sizeof(*stock));
	size_t n = make_questions(engines, how, stock, q);
	int rc = ask(q, n, how->limit, how->say, e);

	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			read_answer(&stock[i], &q[i]);
		question_clear(&q[i]);
		inventory_ask_clear(&stock[i].ask);
	}
	free(q);
	free(stock);
	return rc;
}

void
engines_clear(struct engines *engines)
{
	struct engine_row *row;

	for (size_t i = 0; i < engines->n; i++) {
		row = engines->v[i];
		inventory_clear(&row->inventory);
		free(row->name);
		free(row->host);
		free(row->lost);
		free(row);
	}
	free(engines->v);
	memset(engines, 0, sizeof(*engines));
}
