/*
 * SPDX-License-Identifier: ISC
 *
 * The one program of the scratch image: it does what a test needs in a container that has no shell.
 */

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long
number(const char *word)
{
	char	*end;
	long	 n;

	n = strtol(word, &end, 10);
	if (*word == '\0' || *end != '\0')
		errx(2, "not a number: %s", word);
	return n;
}

static void
write_all(int fd, const char *bytes, size_t left)
{
	ssize_t	 n;

	for (; left > 0; left -= (size_t)n, bytes += n)
		if ((n = write(fd, bytes, left)) == -1)
			err(1, "write");
}

/* Writes n bytes of the running alphabet to each descriptor, in turn, so that loss and disorder can be seen. */
static int
fill(long n, const int *fds, size_t nfds)
{
	static char	 block[26 * 1024];
	size_t		 i, part;

	for (i = 0; i < sizeof(block); i++)
		block[i] = (char)('a' + i % 26);
	for (; n > 0; n -= (long)part) {
		part = n < (long)sizeof(block) ? (size_t)n : sizeof(block);
		for (i = 0; i < nfds; i++)
			write_all(fds[i], block, part);
	}
	return 0;
}

static int
do_exit(char **args)
{
	return (int)number(args[0]);
}

static int
do_sleep(char **args)
{
	unsigned int	 left;

	for (left = (unsigned int)number(args[0]); left > 0; )
		left = sleep(left);
	return 0;
}

static int
do_args(char **args)
{
	for (; *args != NULL; args++)
		puts(*args);
	return 0;
}

static int
do_out(char **args)
{
	return fill(number(args[0]), (const int[]){ STDOUT_FILENO }, 1);
}

static int
do_both(char **args)
{
	return fill(number(args[0]), (const int[]){ STDOUT_FILENO, STDERR_FILENO }, 2);
}

static int
do_cat(char **args)
{
	char	 block[65536];
	ssize_t	 n;

	(void)args;
	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
		write_all(STDOUT_FILENO, block, (size_t)n);
	return n == 0 ? 0 : 1;
}

static int
do_signal(char **args)
{
	return raise((int)number(args[0]));
}

/* Leaves a child in a session of its own and prints its process id; without our streams, nobody waits for it. */
static int
do_orphan(char **args)
{
	pid_t	 pid;

	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid != 0) {
		printf("%ld\n", (long)pid);
		return 0;
	}
	setsid();
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	return do_sleep(args);
}

static const struct {
	const char	*name;
	int		 nargs;		/* at least */
	int		(*run)(char **);
	const char	*usage;
} verbs[] = {
	{ "exit",   1, do_exit,   "N            exit with status N" },
	{ "sleep",  1, do_sleep,  "SECONDS" },
	{ "args",   0, do_args,   "[ARG...]     print them, one a line" },
	{ "out",    1, do_out,    "N            N bytes to standard output" },
	{ "both",   1, do_both,   "N            N bytes to each of standard output and standard error" },
	{ "cat",    0, do_cat,    "             standard input to standard output" },
	{ "signal", 1, do_signal, "NUMBER       kill itself" },
	{ "orphan", 1, do_orphan, "SECONDS      leave a child that sleeps in its own session, print its id" },
};

int
main(int argc, char **argv)
{
	size_t	 i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (argc >= 2 + verbs[i].nargs && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv + 2);
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(stderr, "probe %s %s\n", verbs[i].name, verbs[i].usage);
	return 2;
}
