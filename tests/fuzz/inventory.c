/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: the answer of docker ps, and what is selected of it.  The first
 * byte chooses what was asked.
 */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/natural.h"
#include "base/strv.h"
#include "fanout/inventory.h"
#include "fanout/select.h"
#include "fanout/target.h"
#include "fuzz.h"

static const char *const asked[] = {
	"@all", "@label:k=v,@all", "@label:k,@label:l", "@compose:web,web-*",
	"@health:none,@image:nginx", "@compose#", "web-1,a,0123456789ab", "?*",
};

static void
check_container(const struct container *c)
{
	HOLDS(strspn(c->id, "0123456789abcdef") == strlen(c->id));
	HOLDS(strlen(c->id) >= 12 && strlen(c->id) <= 64);
	HOLDS(c->name[0] != '\0' && strpbrk(c->name, "/ \t\r\n\033*") == NULL);
	HOLDS(strchr(".-_", c->name[0]) == NULL);
	for (const char *s = c->name; *s != '\0'; s++)
		HOLDS(*s > ' ' && *s < 0x7f);
	HOLDS(c->health == HEALTH_NONE || c->state == STATE_RUNNING ||
	    c->state == STATE_PAUSED);
}

/* In order, each once, and shown with nothing that a terminal obeys. */
static void
check_targets(const struct targets *t)
{
	MEM_AUTO char *table = targets_table(t), *folded = NULL;
	STRV_AUTO struct strv names = { 0 };

	for (const char *s = table; *s != '\0'; s++)
		HOLDS((unsigned char)*s >= ' ' || *s == '\n');
	for (size_t i = 0; i < t->n; i++) {
		HOLDS(i == 0 || natural_compare(t->v[i - 1].name,
		    t->v[i].name) <= 0);
		for (size_t k = 0; k < i; k++)
			HOLDS(strcmp(t->v[k].id, t->v[i].id) != 0);
		strv_push(&names, t->v[i].name);
	}
	folded = natural_fold(strv_argv(&names), names.n);
	HOLDS((folded[0] == '\0') == (t->n == 0));
}

static void
check_selected(const struct inventory *inventory, const struct selectors *s)
{
	const struct engine engine = { .common = true,
		.inventory = inventory };
	const struct selection selection = { .take = s, .engines = &engine,
		.engine_count = 1, .directory = "/srv/proj/x" };
	TARGETS_AUTO struct targets got = { 0 };
	ERROR_AUTO struct error e = { 0 };

	if (select_targets(&selection, &got, &e) == 0)
		check_targets(&got);
	else
		HOLDS(e.text != NULL && e.status == STATUS_FAILED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t count = sizeof(asked) / sizeof(*asked);
	INVENTORY_ASK_AUTO struct inventory_ask ask = { 0 };
	INVENTORY_AUTO struct inventory got = { 0 };
	SELECTORS_AUTO struct selectors s = { 0 };
	ERROR_AUTO struct error e = { 0 };
	BUF_AUTO struct buf text = { 0 };
	int rc;

	if (size > 0)
		selectors_parse(&s, asked[data[0] % count], NULL, &e);
	error_clear(&e);
	buf_add(&text, data + (size > 0), size - (size > 0));
	inventory_ask_for(&ask, &s, NULL);
	rc = inventory_parse(&got, &ask, buf_text(&text), text.len, &e);
	HOLDS((rc == 0) == (e.text == NULL));
	for (size_t i = 0; i < got.n; i++) {
		check_container(&got.v[i]);
		HOLDS(got.v[i].values.n == ask.keys.n);
	}
	check_selected(&got, &s);
	return 0;
}
