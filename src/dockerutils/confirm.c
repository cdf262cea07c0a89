/* SPDX-License-Identifier: ISC */
#include "dockerutils/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum confirmation
confirm(const char *prompt)
{
	char line[64];

	if (isatty(STDIN_FILENO))
		printf("%s", prompt);
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return CONFIRM_END;
	line[strcspn(line, "\r\n")] = '\0';
	if (strcmp(line, "y") == 0 || strcmp(line, "Y") == 0)
		return CONFIRM_YES;
	return strcmp(line, "h") == 0 ? CONFIRM_HELP : CONFIRM_NO;
}
