/* SPDX-License-Identifier: ISC */
/* Image references, against what docker ps shows. */
#include "unit.h"

#include <stdbool.h>

#include "fanout/image.h"

static void
an_image_is_what_its_reference_means(void **state)
{
	static const struct {
		const char *image, *ref;
		bool same;
	} cases[] = {
		{ "nginx", "nginx", true }, { "nginx:1", "nginx", true },
		{ "nginx", "nginx:latest", true },
		{ "nginx:latest", "nginx", true },
		{ "nginx:1", "nginx:1", true }, { "nginx:1", "nginx:2", false },
		{ "nginx", "nginx:1", false }, { "nginx:10", "nginx:1", false },
		{ "nginx", "ngin", false }, { "nginx", "nginx2", false },
		{ "x/nginx", "nginx", false }, { "nginx", "x/nginx", false },
		{ "reg:5000/x", "reg:5000/x", true },
		{ "reg:5000/x:1", "reg:5000/x", true },
		{ "reg:5000/x:1", "reg", false },
		{ "reg:5000/x", "reg:5000/x:latest", true },
		{ "docker.io/library/nginx:1", "nginx", true },
		{ "nginx", "docker.io/library/nginx", true },
		{ "docker.io/me/x", "me/x", true },
		{ "nginx@sha256:abcd", "nginx", true },
		{ "nginx:1@sha256:abcd", "nginx:1", true },
		{ "nginx:1@sha256:abcd", "nginx@sha256:abcd", true },
		{ "nginx:1@sha256:abcd", "nginx@sha256:abce", false },
		{ "nginx@sha256:abcd", "nginx:latest", false },
		{ "nginx", "nginx@sha256:abcd", false },
		{ "sha256:4df9cc93e65b00", "4df9", true },
		{ "sha256:4df9cc93e65b00", "sha256:4df9cc", true },
		{ "sha256:4df9cc93e65b00", "sha256:4df9cc93e65b00", true },
		{ "4df9cc93e65b", "4df9", true },
		{ "4df9cc93e65b", "4df", false },
		{ "sha256:4df9cc93e65b00", "5df9", false },
		{ "cafe", "cafe", true }, { "cafebabe", "cafe", false },
		{ "", "", true }, { "", ":", false }, { "a", ":", false },
		{ ":", "a", false }, { "@", "@", true },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (differs(cases[i].image, image_matches(cases[i].image,
		    cases[i].ref), cases[i].same) != 0)
			wrong += differs(cases[i].ref, 1, 0);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_is_what_its_reference_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
