/* SPDX-License-Identifier: ISC */
#include "dockerutils/layers.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/sha256.h"

#define LINE	"layers "

/* LIST has nothing but digests. */
static bool
is_list(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *one = json_string_value(json_array_get(list, i));

		if (one == NULL || !sha256_is_digest(one))
			return false;
	}
	return json_is_array(list);
}

void
layers_read(struct strv *layers, const char *text)
{
	json_t *list = json_loadb(text, strcspn(text, "\n"), 0, NULL);

	for (size_t i = 0; is_list(list) && i < json_array_size(list); i++)
		strv_push(layers, json_string_value(json_array_get(list, i)));
	json_decref(list);
}

static size_t
common(const struct strv *a, const struct strv *b)
{
	size_t n = 0;

	while (n < a->n && n < b->n && strcmp(a->v[n], b->v[n]) == 0)
		n++;
	return n;
}

size_t
layers_shared(const struct strv *layers, const char *answer)
{
	size_t most = 0;

	for (; *answer != '\0'; answer += strspn(answer, "\n")) {
		STRV_AUTO struct strv theirs = { 0 };

		if (strncmp(answer, LINE, strlen(LINE)) == 0)
			layers_read(&theirs, answer + strlen(LINE));
		if (common(layers, &theirs) > most)
			most = common(layers, &theirs);
		answer += strcspn(answer, "\n");
	}
	return most;
}
