/* SPDX-License-Identifier: ISC */
/*
 * dexec-render MODE TEMPLATE: print the template, with what the tables of dexec
 * say in the places that it names.  Run at build time only.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "render/bash.h"
#include "render/fish.h"
#include "render/man.h"
#include "render/zsh.h"

#define LARGEST_TEMPLATE (1024 * 1024)

static const struct {
	const char *name;
	const struct part *parts;
} modes[] = {
	{ "man", man_parts },
	{ "bash", bash_parts },
	{ "zsh", zsh_parts },
	{ "fish", fish_parts },
};

static const struct part *
parts_of(const char *mode)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, mode) == 0)
			return modes[i].parts;
	errx(1, "unknown mode %s", mode);
}

int
main(int argc, char **argv)
{
	BUF_AUTO struct buf template = { 0 };
	BUF_AUTO struct buf out = { 0 };
	struct error e = { 0 };

	if (argc != 3)
		errx(1, "usage: dexec-render man|bash|zsh|fish TEMPLATE");
	if (file_read(argv[2], LARGEST_TEMPLATE, &template) == -1)
		err(1, "cannot read %s", argv[2]);
	if (template.len == 0)
		errx(1, "%s is empty", argv[2]);
	if (template_render(&out, template.data, parts_of(argv[1]), &e) == -1)
		errx(1, "%s: %s", argv[2], e.text);
	fwrite(out.data, 1, out.len, stdout);
	if (fflush(stdout) == EOF)
		err(1, "cannot write standard output");
	return 0;
}
