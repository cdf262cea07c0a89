/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: TARGET in the first line, a group in each one behind it.  What
 * was read is used on a container or two, and asked docker for.
 */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "fanout/image.h"
#include "fanout/inventory.h"
#include "fanout/selector.h"
#include "run/docker.h"
#include "fuzz.h"

/* Each kind has what belongs to it. */
static void
check_part(const struct selector *s)
{
	HOLDS(s->part != NULL && s->part[0] != '\0');
	HOLDS(s->context == NULL || s->context[0] != '\0');
	HOLDS(s->value == NULL || s->kind == SELECTOR_LABEL);
	HOLDS(s->replica == 0 || s->kind == SELECTOR_COMPOSE);
	HOLDS(s->health == HEALTH_NONE || s->kind == SELECTOR_HEALTH);
	if (s->kind == SELECTOR_ALL || s->kind == SELECTOR_HEALTH)
		HOLDS(s->word == NULL);
	else if (s->kind != SELECTOR_COMPOSE)
		HOLDS(s->word != NULL && s->word[0] != '\0');
	if (s->kind == SELECTOR_IMAGE)
		HOLDS(image_matches(s->word, s->word));
}

/* No key gets out of its quotes: a template has no braces but its own. */
static void
check_argv(const struct selectors *s)
{
	const struct docker docker = { "docker", NULL, NULL };
	INVENTORY_ASK_AUTO struct inventory_ask ask = { 0 };
	STRV_AUTO struct strv argv = { 0 };
	const char *format, *at;
	size_t opened = 0, closed = 0;

	inventory_ask_for(&ask, s, NULL);
	inventory_argv(&docker, &ask, &argv);
	format = argv.v[argv.n - 1];
	for (at = format; *at != '\0'; at++) {
		HOLDS(*at >= ' ' && *at < 0x7f);
		opened += *at == '{';
		closed += *at == '}';
	}
	HOLDS(opened == closed);
	HOLDS(opened == 2 * (12 + ask.keys.n + (ask.labels ? 1 : 0)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SELECTORS_AUTO struct selectors s = { 0 };
	ERROR_AUTO struct error e = { 0 };
	STRV_AUTO struct strv groups = { 0 };
	BUF_AUTO struct buf b = { 0 };
	MEM_AUTO char *text = NULL;
	char *rest, *target, *group;
	int rc;

	buf_add(&b, data, size);
	text = buf_steal(&b);
	rest = text;
	target = strsep(&rest, "\n");
	while ((group = strsep(&rest, "\n")) != NULL)
		strv_push(&groups, group);
	rc = selectors_parse(&s, target, &groups, &e);
	HOLDS((rc == 0) == (e.text == NULL));
	HOLDS(rc == -1 || s.n > 0);
	if (rc == 0 && selector_is_plain(target) && *target != ' ' &&
	    *target != '\t')
		HOLDS(s.n == 1 && s.v[0].kind == SELECTOR_NAME);
	for (size_t i = 0; i < s.n; i++)
		check_part(&s.v[i]);
	check_argv(&s);
	return 0;
}
