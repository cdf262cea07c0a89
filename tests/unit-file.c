/* SPDX-License-Identifier: ISC */
/* Descriptors: the three that must be open, pipes, files without a name. */
#include "unit.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

/* In a child with the descriptors of the bits of CLOSED closed. */
static int
fill_in_child(int closed)
{
	char byte;
	bool good;

	for (int fd = 0; fd <= 2; fd++)
		if (closed >> fd & 1)
			close(fd);
	good = file_fill_standard() == 0;
	for (int fd = 0; fd <= 2; fd++)
		good = good && fcntl(fd, F_GETFD) != -1;
	if (closed & 1)
		good = good && read(0, &byte, 1) == -1 && errno == EBADF;
	for (int fd = 1; fd <= 2; fd++)
		if (closed >> fd & 1)
			good = good && write(fd, "x", 1) == -1 &&
			    errno == EBADF;
	/* Nothing that we open ourselves takes one of the three. */
	return good && open("/dev/null", O_RDONLY) > 2 ? 0 : 1;
}

static void
closed_standard_streams_stay_unusable(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	for (int closed = 0; closed < 8; closed++) {
		pid = fork();
		if (pid == 0)
			_exit(fill_in_child(closed));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* A child that reads FD slowly, and says by its status whether it got SIZE. */
static pid_t
start_reader(int fd, int other, size_t size)
{
	pid_t pid = fork();
	char chunk[1000];
	size_t got = 0;
	ssize_t n;

	if (pid != 0)
		return pid;
	close(other);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		for (ssize_t i = 0; i < n; i++, got++)
			if (chunk[i] != (char)(got % 251))
				_exit(1);
	_exit(got == size ? 0 : 2);
}

static void
a_nonblocking_pipe_gets_all_of_it(void **state)
{
	size_t size = 2 * 1024 * 1024 + 5;
	char *data = mem_grow(NULL, size, 1);
	int ends[2], status;
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i % 251);
	assert_int_equal(file_pipe(ends, 1), 0);
	pid = start_reader(ends[0], ends[1], size);
	close(ends[0]);
	assert_int_equal(file_write(ends[1], data, size), 0);
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(data);
}

static void
a_write_error_is_returned(void **state)
{
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_int_equal(file_write(full, "", 0), 0);
	errno = 0;
	assert_int_equal(file_write(full, "x", 1), -1);
	assert_int_equal(errno, ENOSPC);
	close(full);
	assert_int_equal(file_write(-1, "x", 1), -1);
	assert_int_equal(errno, EBADF);
}

static void
one_end_of_a_pipe_does_not_block(void **state)
{
	(void)state;
	for (int keep = -1; keep <= 1; keep++) {
		int ends[2];

		assert_int_equal(file_pipe(ends, keep), 0);
		for (int i = 0; i < 2; i++) {
			assert_int_equal((fcntl(ends[i], F_GETFL) &
			    O_NONBLOCK) != 0, i == keep);
			assert_int_equal(fcntl(ends[i], F_GETFD), FD_CLOEXEC);
			close(ends[i]);
		}
	}
}

static void
a_temporary_file_has_no_name(void **state)
{
	char dir[] = "/tmp/unit-file.XXXXXX", text[4] = "";
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("TMPDIR", dir, 1);
	assert_string_equal(file_temporary_directory(), dir);
	fd = file_temporary();
	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 077, 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(file_write(fd, "abc", 3), 0);
	assert_int_equal(pread(fd, text, 3, 0), 3);
	assert_string_equal(text, "abc");
	/* Nothing is left of it in the directory. */
	assert_int_equal(rmdir(dir), 0);
	close(fd);
	assert_int_equal(file_temporary(), -1);
	assert_int_equal(errno, ENOENT);
	setenv("TMPDIR", "", 1);
	assert_string_equal(file_temporary_directory(), "/tmp");
	unsetenv("TMPDIR");
	assert_string_equal(file_temporary_directory(), "/tmp");
}

static void
files_are_read_up_to_a_limit(void **state)
{
	char path[] = "/tmp/unit-file.XXXXXX";
	BUF_AUTO struct buf b = { 0 };
	int fd = mkstemp(path);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(file_write(fd, "0123456789", 10), 0);
	close(fd);
	buf_add_text(&b, "before");
	assert_int_equal(file_read(path, 10006, &b), 0);
	assert_int_equal(b.len, 10006);
	assert_memory_equal(b.data, "before0123456789", 16);
	assert_int_equal(b.data[b.len], '\0');
	buf_clear(&b);
	assert_int_equal(file_read(path, 9999, &b), -1);
	assert_int_equal(errno, EFBIG);
	unlink(path);
	assert_int_equal(file_read(path, 10, &b), -1);
	assert_int_equal(errno, ENOENT);
}

static void
closing_keeps_errno_and_happens_once(void **state)
{
	int fd = open("/dev/null", O_RDONLY), none = -1;

	(void)state;
	errno = EPERM;
	file_close(&fd);
	assert_int_equal(fd, -1);
	file_close(&fd);
	file_close(&none);
	assert_int_equal(errno, EPERM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed_standard_streams_stay_unusable),
		cmocka_unit_test(a_nonblocking_pipe_gets_all_of_it),
		cmocka_unit_test(a_write_error_is_returned),
		cmocka_unit_test(one_end_of_a_pipe_does_not_block),
		cmocka_unit_test(a_temporary_file_has_no_name),
		cmocka_unit_test(files_are_read_up_to_a_limit),
		cmocka_unit_test(closing_keeps_errno_and_happens_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
