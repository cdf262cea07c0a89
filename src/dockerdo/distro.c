/* SPDX-License-Identifier: ISC */
#include "dockerdo/distro.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

int
distro_check(const char *name, struct error *e)
{
	static const char *const names[] = { "ubuntu", "alpine", "debian",
	    "fedora", "arch", "suse", NULL };
	MEM_AUTO char *shown = text_printable(name, 60);

	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return 0;
	return error_set(e, "no such distribution: %s", shown);
}
