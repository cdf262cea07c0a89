/* SPDX-License-Identifier: ISC */
/* The layers that two images have in common, and what their digests are. */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "base/strv.h"
#include "dockerutils/layers.h"

#define ZEROS	"000000000000000000000000000000000000000000000000000000000000000"
#define A	"\"sha256:a" ZEROS "\""
#define B	"\"sha256:b" ZEROS "\""
#define C	"\"sha256:c" ZEROS "\""

static size_t
shared(const char *list, const char *answer)
{
	STRV_AUTO struct strv layers = { 0 };

	layers_read(&layers, list);
	return layers_shared(&layers, answer);
}

static void
the_longest_common_run_counts(void **state)
{
	static const char ours[] = "[" A "," B "," C "]\n";

	(void)state;
	assert_int_equal(shared(ours, ""), 0);
	assert_int_equal(shared(ours, "layers [" A "]"), 1);
	assert_int_equal(shared(ours, "layers [" A "," B "]\n"
	    "layers [" A "]\n"), 2);
	assert_int_equal(shared(ours, "has zstd\nlayers [" A "]\nid x\n"
	    "layers [" A "," B "," C "," A "]\nend\n"), 3);
	assert_int_equal(shared(ours, "layers [" A "," C "," B "]"), 1);
}

static void
what_does_not_lie_at_the_bottom_is_not_shared(void **state)
{
	static const char ours[] = "[" A "," B "," C "]";

	(void)state;
	assert_int_equal(shared(ours, "layers [" B "," C "]"), 0);
	assert_int_equal(shared(ours, "layers [" C "," A "," B "]"), 0);
	assert_int_equal(shared("[" A "," A "]", "layers [" A "," B "]"), 1);
}

static void
garbage_is_passed_over(void **state)
{
	static const char ours[] = "[" A "," B "]";
	static const char *const answers[] = {
		"layers", "layers ", "layers []", "layers null", "layers {}",
		"layers [1]", "layers [" A, "layers " A, " layers [" A "]",
		"LAYERS [" A "]", "layers [" A ",1]", "layers [" A "] x",
		"layers [\"sha256:\"]", "layers [[" A "]]", "\n\n\r\n",
		"layers [" A ",\"sha256:B" ZEROS "\"]",
		"layers [\xff\xfe" A "]", "layersx [" A "]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		assert_int_equal(shared(ours, answers[i]), 0);
	assert_int_equal(shared(ours, "layers [\nlayers [" A "]\nlayers {"), 1);
}

static void
an_image_without_layers_shares_none(void **state)
{
	static const char *const lists[] = { "", "null", "[]", "[1]", "\n" A,
	    "[" A ",\"\"]" };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_int_equal(shared(lists[i], "layers [" A "," B "]"), 0);
}

/* From FIPS 180-4's examples, and lengths on both sides of a block's end. */
static void
a_digest_has_its_prefix_and_its_digits(void **state)
{
	(void)state;
	assert_true(sha256_is_digest("sha256:a" ZEROS));
	assert_false(sha256_is_digest(""));
	assert_false(sha256_is_digest("sha256:"));
	assert_false(sha256_is_digest("sha256:" ZEROS));
	assert_false(sha256_is_digest("sha256:aa" ZEROS));
	assert_false(sha256_is_digest("sha256:A" ZEROS));
	assert_false(sha256_is_digest("sha512:a" ZEROS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_common_run_counts),
		cmocka_unit_test(what_does_not_lie_at_the_bottom_is_not_shared),
		cmocka_unit_test(garbage_is_passed_over),
		cmocka_unit_test(an_image_without_layers_shares_none),
		cmocka_unit_test(a_digest_has_its_prefix_and_its_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
