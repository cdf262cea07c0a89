/* SPDX-License-Identifier: ISC */
/*
 * dexec-keeper: keeps a warm connection into a container.  Started by dexec:
 *
 *     dexec-keeper [OPTIONS] -- SOCKET KEY|- TARGET
 *
 * It goes into the background at once, with status 0, and listens at SOCKET, an
 * absolute path in a directory that is this user's alone, for calls that bring
 * KEY (wire/message.h).  With --ready FD it writes one line there when that is
 * so, or will not be: "ready" or "failed: WHY".
 *
 *     dexec-keeper --child PID FILE PROGRAM [ARGS...]
 *
 * is how it starts other programs (run/child.h).
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/warm_place.h"
#include "keeper/keeper.h"
#include "keeper/opening.h"
#include "keeper/request.h"
#include "run/child.h"

/* Tell whoever waits, and whoever waits for the end of the line. */
static void
report(struct request *r, const char *why)
{
	MEM_AUTO char *line = why != NULL ?
	    mem_printf("failed: %s\n", why) : mem_dup("ready\n");

	warm_place_note(r->socket, why);
	if (r->ready == -1)
		return;
	(void)file_write(r->ready, line, strlen(line));
	file_close(&r->ready);
}

/* Nothing of whoever started us is kept: no file, no directory, no terminal. */
static void
detach(struct request *r)
{
	int null = open("/dev/null", O_RDWR);

	if (r->ready != -1 && r->ready <= STDERR_FILENO)
		r->ready = fcntl(r->ready, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	setsid();
	if (r->ready != -1)
		r->ready = fcntl(r->ready, F_DUPFD_CLOEXEC, 3);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	for (int i = 3; i < r->ready; i++)
		close(i);
	closefrom(r->ready != -1 ? r->ready + 1 : 3);
	umask(077);
}

/* What is named by a path from here is found from elsewhere too. */
static void
make_absolute(const char *variable)
{
	const char *value = getenv(variable);
	char path[PATH_MAX];

	if (value != NULL && *value != '\0' && *value != '/' &&
	    realpath(value, path) != NULL)
		setenv(variable, path, 1);
}

static void
leave_directory(struct request *r, char path[PATH_MAX])
{
	make_absolute("DOCKER_CONFIG");
	make_absolute("DOCKER_CERT_PATH");
	if (r->docker.program[0] != '/' &&
	    strchr(r->docker.program, '/') != NULL &&
	    realpath(r->docker.program, path) != NULL)
		r->docker.program = path;
	if (chdir("/") == -1)
		return;
}

static void
keep(struct request *r, struct door *door)
{
	ERROR_AUTO struct error e = { 0 };
	struct keeper k;

	if (keeper_init(&k, r, door, &e) == 0 && keeper_begin(&k, &e) == 0) {
		report(r, NULL);
		keeper_serve(&k);
	} else {
		report(r, e.text);
	}
	keeper_clear(&k);
}

static void
run(const struct request *asked)
{
	ERROR_AUTO struct error e = { 0 };
	struct request r = *asked;
	char program[PATH_MAX];
	enum door_lock found;
	struct door door;

	detach(&r);
	leave_directory(&r, program);
	if (door_lock(&door, r.socket, r.ready != -1, &found, &e) == -1)
		report(&r, e.text);
	else if (found == DOOR_OURS)
		keep(&r, &door);
	else
		report(&r, NULL);
}

int
main(int argc, char **argv)
{
	ERROR_AUTO struct error e = { 0 };
	struct request r;

	setprogname("dexec-keeper");
	if (argc > 1 && strcmp(argv[1], CHILD_OPTION) == 0) {
		child_become(argv + 2, &e);
		errx(STATUS_NOT_FOUND, "%s", e.text);
	}
	if (file_fill_standard() == -1)
		err(STATUS_FAILED, "cannot open /dev/null");
	if (request_parse(&r, argv + 1, &e) == -1)
		errx(STATUS_FAILED, "%s", e.text);
	switch (fork()) {
	case -1:
		err(STATUS_FAILED, "cannot start a process");
	case 0:
		run(&r);
		break;
	}
	request_clear(&r);
	return 0;
}
