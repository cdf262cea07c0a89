/* SPDX-License-Identifier: ISC */
#include "dockerdo/passthrough.h"

#include <string.h>

#include "base/strv.h"

static const struct option_row *
named(const struct option_set *sets, const char *name, size_t length)
{
	const struct option_row *row = NULL;

	for (; sets->rows != NULL && row == NULL; sets++)
		row = option_named(sets->rows, name, length);
	return row;
}

/* How many words the option that stands first has; 0: it is not ours. */
static int
ours(const struct option_set *sets, const char *letters, char *const *argv)
{
	const char *word = argv[0];
	const struct option_row *row;
	size_t length;

	if (word[0] != '-' || word[1] == '\0')
		return 0;
	if (word[1] != '-')
		return letters != NULL && word[2] == '\0' &&
		    strchr(letters, word[1]) != NULL;
	length = strcspn(word + 2, "=");
	row = named(sets, word + 2, length);
	if (row == NULL || length == 0)
		return 0;
	return option_takes_word(row) && word[2 + length] == '\0' &&
	    argv[1] != NULL ? 2 : 1;
}

int
passthrough_parse(struct strv *words, const struct option_set *sets,
    const char *letters, char *const *argv, struct error *e)
{
	char *one[3] = { NULL };
	int used;

	for (; *argv != NULL; argv += used) {
		if (strcmp(*argv, "--") == 0) {
			strv_pushv(words, argv + 1);
			return 0;
		}
		used = ours(sets, letters, argv);
		if (used == 0) {
			strv_push(words, *argv);
			used = 1;
			continue;
		}
		one[0] = argv[0];
		one[1] = used == 2 ? argv[1] : NULL;
		if (options_parse(sets, one, e) == -1)
			return -1;
	}
	return 0;
}
