/* SPDX-License-Identifier: ISC */
#include "base/program.h"

/* The build's, not that of this floor. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/leave.h"
#include "base/mem.h"

void
program_line(const char *program, const char *text)
{
	MEM_AUTO char *line = mem_printf("%s: %s\n", program, text);

	fflush(stdout);
	file_write(STDERR_FILENO, line, strlen(line));
}

void
program_hint(const char *program)
{
	MEM_AUTO char *hint = mem_printf(
	    "Try '%s --help' for more information.\n", program);

	file_write(STDERR_FILENO, hint, strlen(hint));
}

void
program_version(struct buf *b, const char *program)
{
	buf_addf(b, "%s (" PACKAGE_NAME ") " PACKAGE_VERSION "\n"
	    "Licence ISC: permission to use, copy, modify and distribute it "
	    "is granted.\nThere is no warranty.\n", program);
}

int
program_print(struct buf *text, int failed)
{
	fwrite(text->data, 1, text->len, stdout);
	buf_clear(text);
	return leave_with(0, failed);
}
