/* SPDX-License-Identifier: ISC */
/* What is mounted where, and which directory of the container one of ours is. */
#include "unit.h"

#include "base/mem.h"
#include "dockerdo/mounts.h"
#include "dockerdo/place.h"

#define POINT	"/home/ann/a b/container"

static const char text[] =
    "25 30 0:23 / /proc rw,nosuid shared:5 - proc proc rw\n"
    "30 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw\n"
    "nonsense\n"
    "31 30 0:50\n"
    "98 30 0:63 / /home/ann/a\\040b/container rw - fuse.sshfs x rw\n"
    "99 98 0:64 / /home/ann/a\\040b/container/mnt rw - tmpfs t rw\n"
    "100 30 0:63 /usr /elsewhere rw shared:9 - fuse.sshfs x rw\n"
    "101 30 0:65 / /covered rw - tmpfs one rw\n"
    "102 30 0:66 / /covered rw - tmpfs two rw\n"
    "103 30 0:67 / /odd\\012\\134x rw - tmpfs t rw\n";

static void
check(const char *point, const char *directory, const char *expected)
{
	struct mounts m = { 0 };
	MEM_AUTO char *found = NULL;

	mounts_parse(&m, text);
	found = place_in_container(&m, point, directory);
	if (expected == NULL)
		assert_null(found);
	else
		assert_string_equal(found, expected);
	mounts_clear(&m);
}

static void
lines(void **state)
{
	struct mounts m = { 0 };

	(void)state;
	mounts_parse(&m, text);
	assert_int_equal(m.n, 8);
	assert_string_equal(m.v[2].point, POINT);
	assert_string_equal(m.v[2].type, "fuse.sshfs");
	assert_string_equal(m.v[7].point, "/odd\n\\x");
	assert_string_equal(mounts_at(&m, "/covered")->device, "0:66");
	assert_string_equal(mounts_holding(&m, "/covered/x")->device, "0:66");
	assert_string_equal(mounts_holding(&m, "/coveredx")->device, "8:1");
	assert_null(mounts_at(&m, "/nothing"));
	mounts_clear(&m);
	mounts_clear(&m);
}

static void
inside(void **state)
{
	(void)state;
	check(POINT, POINT, "/");
	check(POINT, POINT "/opt/x", "/opt/x");
	check(POINT, POINT "/it's\n", "/it's\n");
	check(POINT, POINT "/mntx", "/mntx");
	check(POINT, "/elsewhere", "/usr");
	check(POINT, "/elsewhere/share", "/usr/share");
}

static void
outside(void **state)
{
	(void)state;
	check(POINT, "/home/ann/a b", NULL);
	check(POINT, POINT "x", NULL);
	check(POINT, POINT "/mnt", NULL);
	check(POINT, POINT "/mnt/x", NULL);
	check(POINT, "/", NULL);
	check(POINT, "(unreachable)/x", NULL);
}

/* By its name alone. */
static void
not_mounted(void **state)
{
	(void)state;
	check("/w/container", "/w/container", "/");
	check("/w/container", "/w/container/etc", "/etc");
	check("/w/container", "/w/containers", NULL);
	check("/w/container", "/w", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(inside),
		cmocka_unit_test(outside),
		cmocka_unit_test(not_mounted),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
