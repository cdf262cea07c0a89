/* SPDX-License-Identifier: ISC */
/*
 * dexec-sftp [--contained]
 *
 * Serves the files of the container that it was brought into, on standard input
 * and output, by the SSH File Transfer Protocol (sftp/packet.h), so that
 * `sshfs -o passive` on the other end can mount them.  Ends with standard input:
 * 0, or 1 where the client broke the rules.  With --contained symbolic links are
 * told so that they lead to the same files where / is mounted elsewhere.
 *
 *     dexec-sftp --wait
 *
 * is process 1 of a container that has nothing else to run (sftp/wait.h).
 */
#include <sys/stat.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "sftp/catalog.h"
#include "sftp/server.h"
#include "sftp/wait.h"

static int
serve(bool contained)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct server server;
	int status = 1;

	/* Both are errors of a write as any other. */
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	if (server_open(&server, STDIN_FILENO, STDOUT_FILENO, catalog) == -1) {
		perror("dexec-sftp");
		return 1;
	}
	/* A client's modes have been through its own umask. */
	server.session.mask = umask(0);
	server.session.contained = contained;
	if (server_run(&server) == 0)
		status = 0;
	server_close(&server);
	return status;
}

static int
print_version(void)
{
	return puts("dexec-sftp (" PACKAGE_NAME ") " PACKAGE_VERSION) == EOF ||
	    fflush(stdout) == EOF;
}

int
main(int argc, char **argv)
{
	if (argc == 1)
		return serve(false);
	if (argc == 2 && strcmp(argv[1], "--contained") == 0)
		return serve(true);
	if (argc == 2 && strcmp(argv[1], "--wait") == 0)
		return wait_for_end() == -1;
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return print_version();
	fputs("usage: dexec-sftp [--contained | --wait | --version]\n", stderr);
	return 2;
}
