/* SPDX-License-Identifier: ISC */
/* What an image that is built for a session is called. */
#include "unit.h"

#include "base/error.h"
#include "base/mem.h"
#include "dockerdo/image_name.h"

#define DEFAULT	"dockerdo-{base_image}:{base_image_tag}-{session_name}"

static const struct {
	const char *template, *base, *registry, *session, *name;
} cases[] = {
	/* as it has always been */
	{ DEFAULT, "alpine:3.14", NULL, "s", "dockerdo-alpine:3.14-s" },
	{ DEFAULT, "alpine", "harbor.local", "foobar",
	    "harbor.local/dockerdo-alpine:latest-foobar" },
	{ DEFAULT, "custom/org/image:tag", NULL, "t-1",
	    "dockerdo-image:tag-t-1" },
	{ "custom:{base_image}-{session_name}-{base_image_tag}-foo",
	    "alpine:nightly", NULL, "test",
	    "custom:alpine-test-nightly-foo" },
	/* weak spot 50: ports, digests, and what no reference can have */
	{ DEFAULT, "host:5000/img:tag", NULL, "s", "dockerdo-img:tag-s" },
	{ DEFAULT, "host:5000/img", NULL, "s", "dockerdo-img:latest-s" },
	{ DEFAULT, "h/img@sha256:0123456789abcdef", NULL, "s",
	    "dockerdo-img:sha256-0123456789ab-s" },
	{ DEFAULT, "img:1@sha256:0123456789abcdef", NULL, "s",
	    "dockerdo-img:1-s" },
	{ DEFAULT, "img", NULL, "bad:tag name", "dockerdo-img:latest-bad-tag-name" },
	{ DEFAULT, "img", "", "_x", "dockerdo-img:latest-_x" },
	{ "{session_name}/{base_image}", "img", "r:5", "Ann", "r:5/ann/img" },
	{ "{base_image}:", "img", NULL, "s", "img" },
	{ "-{base_image}-:-x", "img", NULL, "s", "img:x" },
	{ "{{x}}", "img", NULL, "s", "x" },
	/* ... and templates that make none */
	{ "{nonsense}", "img", NULL, "s", NULL },
	{ "", "img", NULL, "s", NULL },
	{ ":x", "img", NULL, "s", NULL },
};

static void
names(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ERROR_AUTO struct error e = { 0 };
		MEM_AUTO char *name = image_name(cases[i].template,
		    cases[i].base, cases[i].registry, cases[i].session, &e);

		wrong += differs_text(cases[i].base, name, cases[i].name);
		if ((name == NULL) != (e.text != NULL))
			wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* At most 128 bytes. */
static void
long_tag(void **state)
{
	ERROR_AUTO struct error e = { 0 };
	MEM_AUTO char *session = mem_printf("%0300d", 1);
	MEM_AUTO char *name = image_name(DEFAULT, "img", NULL, session, &e);

	(void)state;
	assert_int_equal(strlen(strchr(name, ':') + 1), 128);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(long_tag),
	};

	return cmocka_run_group_tests_name("image-name", tests, NULL, NULL);
}
