/* SPDX-License-Identifier: ISC */
#include "base/libexec.h"

#include <stdlib.h>

#include "base/mem.h"

char *
libexec_path(const char *name)
{
	const char *dir = getenv("DEXEC_LIBEXEC_DIR");

	return mem_printf("%s/%s",
	    dir != NULL && *dir != '\0' ? dir : LIBEXEC_DIR, name);
}
