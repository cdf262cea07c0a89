/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: cat, ls and rest of dexec-archive over an archive that anybody may
 * have made.  Built with -fsanitize=fuzzer it is a libFuzzer program; with
 * -DFUZZ_REPLAY it runs once over each file that its command line names.
 *
 * The commands run as they are, over descriptors.  What they write is limited
 * by RLIMIT_FSIZE: a header of a few bytes may ask for exabytes of zeros.
 */
#include <sys/resource.h>

#include <assert.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/cat.h"
#include "archive/input.h"
#include "archive/ls.h"
#include "archive/output.h"
#include "archive/rest.h"
#include "archive/shared.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"

#define BLOCK		512
#define OUTPUT_MAX	(1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct files {
	int in;
	int out;
};

/*
 * A wrong checksum would end most inputs at their first header, so every block
 * that looks like a header gets the right one (POSIX ustar: bytes 148 to 155,
 * the sum of all bytes with these as blanks).
 */
static void
mend_checksum(uint8_t *block)
{
	unsigned int sum = 0;
	char text[8];

	if (memcmp(block + 257, "ustar", 5) != 0)
		return;
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(block + 148, text, 7);
}

static struct files
open_files(const uint8_t *data, size_t size)
{
	struct files files = { file_temporary(), file_temporary() };
	struct buf copy = { 0 };

	if (files.in == -1 || files.out == -1)
		abort();
	buf_add(&copy, data, size);
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK)
		mend_checksum((uint8_t *)copy.data + at);
	if (file_write(files.in, copy.data, copy.len) == -1)
		abort();
	buf_clear(&copy);
	return files;
}

static void
check_result(int r, const struct output *out, const struct error *err)
{
	assert(r == 0 || r == -1);
	assert(r == 0 || out->cause != 0 || err->status == STATUS_PATH ||
	    err->status == STATUS_BROKEN || err->status == STATUS_NOTHING);
	assert(err->status == 0 || err->status == STATUS_NOTHING ||
	    err->text != NULL);
}

/* Run ls, or cat where REQUEST is NULL. */
static void
run(const struct files *files, const struct ls_request *request)
{
	struct output out = { .fd = dup(files->out) };
	struct error err = { 0 };
	int r;

	lseek(files->in, 0, SEEK_SET);
	lseek(files->out, 0, SEEK_SET);
	if (request == NULL)
		r = cat_run(files->in, &out, &err);
	else
		r = ls_run(files->in, request, &out, &err);
	check_result(r, &out, &err);
	output_finish(&out, &err);
	error_clear(&err);
}

static void
run_rest(const struct files *files)
{
	/* Of a layer of all zeros, which no content has. */
	char diff[] = "sha256:00000000000000000000000000000000"
	    "00000000000000000000000000000000";
	char *const diffs[] = { diff, NULL };
	struct output out = { .fd = dup(files->out) };
	struct shared shared = { 0 };
	struct error err = { 0 };

	lseek(files->in, 0, SEEK_SET);
	lseek(files->out, 0, SEEK_SET);
	if (shared_make(&shared, "1", diffs, &err) == -1)
		abort();
	check_result(rest_run(files->in, &shared, &out, &err), &out, &err);
	output_finish(&out, &err);
	shared_clear(&shared);
	error_clear(&err);
}

static void
limit_output(void)
{
	struct rlimit limit = { OUTPUT_MAX, OUTPUT_MAX };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ls_request requests[] = {
		{ .name = "/p" },
		{ .name = "/p/", .header = true, .options = { .hidden = ALL,
		    .long_form = 1, .recursive = 1, .question = 1,
		    .human = 1, .mark = MARK_TYPES, .order = BY_SIZE } },
		{ .name = "p", .options = { .directory = 1, .long_form = 1,
		    .numeric = 1, .order = BY_TIME, .reverse = 1 } },
	};
	struct files files;

	limit_output();
	if (size > OUTPUT_MAX)
		return 0;
	files = open_files(data, size);
	run(&files, NULL);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		run(&files, &requests[i]);
	run_rest(&files);
	close(files.in);
	close(files.out);
	return 0;
}

#ifdef FUZZ_REPLAY
int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct buf b = { 0 };

		if (file_read(argv[i], OUTPUT_MAX, &b) == -1) {
			perror(argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
		buf_clear(&b);
	}
	printf("%d inputs replayed\n", argc - 1);
	return argc > 1 ? 0 : 1;
}
#endif
