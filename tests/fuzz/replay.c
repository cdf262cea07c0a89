/* SPDX-License-Identifier: ISC */
/*
 * Run a fuzz target once over each file of its corpus: replay-NAME goes through
 * $top_srcdir/tests/fuzz/corpus/NAME, or the files of its command line.  TAP.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "fuzz.h"

#define LARGEST	(4 * 1024 * 1024)

static int count, failed;

static void
replay(const char *path)
{
	BUF_AUTO struct buf b = { 0 };
	int rc = file_read(path, LARGEST, &b);

	if (rc == 0)
		LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
	else
		failed = 1;
	printf("%sok %d - %s\n", rc == 0 ? "" : "not ", ++count, path);
	fflush(stdout);
}

static void
replay_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		MEM_AUTO char *file = mem_printf("%s/%s", path,
		    entry->d_name);

		if (entry->d_name[0] != '.')
			replay(file);
	}
	if (dir != NULL)
		closedir(dir);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir"), *name = strrchr(argv[0], '-');
	MEM_AUTO char *corpus = mem_printf("%s/tests/fuzz/corpus/%s",
	    top != NULL ? top : ".", name != NULL ? name + 1 : "");

	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (argc < 2)
		replay_directory(corpus);
	printf("1..%d\n", count);
	return failed || count == 0;
}
