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
digests_are_those_of_the_standard(void **state)
{
	static const struct {
		size_t len;
		const char *hex;
	} lengths[] = {
		{ 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		    "7852b855" },
		{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e91"
		    "0f734318" },
		{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef797068"
		    "6ec6738a" },
		{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df"
		    "154668eb" },
		{ 1000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1"
		    "b9737ea3" },
	};
	char text[1000], hex[SHA256_DIGITS + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		sha256_hex(text, lengths[i].len, hex);
		assert_string_equal(hex, lengths[i].hex);
	}
	sha256_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
}

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
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(a_digest_has_its_prefix_and_its_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
