/* SPDX-License-Identifier: ISC */
#include "container/warm_status.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "container/warm.h"
#include "container/warm_place.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/passing.h"

#define PATIENCE_S	1
#define NAME_LENGTH	16	/* of a socket, in hex digits */

static void
clear(struct warm_status *s)
{
	free(s->socket);
	free(s->container);
	free(s->user);
	free(s->way);
	memset(s, 0, sizeof(*s));
}

static int64_t
number(const char *text)
{
	return strtoll(text, NULL, 10);
}

/* The first that is said counts. */
static void
take_text(char **text, const char *said)
{
	if (*text == NULL)
		*text = mem_dup(said);
}

static void
take_line(struct warm_status *s, char *line)
{
	const char *name = strsep(&line, " ");

	if (line == NULL)
		return;
	if (strcmp(name, "container") == 0)
		take_text(&s->container, line);
	else if (strcmp(name, "user") == 0)
		take_text(&s->user, line);
	else if (strcmp(name, "way") == 0)
		take_text(&s->way, line);
	else if (strcmp(name, "pid") == 0)
		s->pid = (int)number(line);
	else if (strcmp(name, "version") == 0)
		s->version = (int)number(line);
	else if (strcmp(name, "age_ms") == 0)
		s->age = number(line);
	else if (strcmp(name, "idle_ms") == 0)
		s->idle = number(line);
	else if (strcmp(name, "served") == 0)
		s->served = number(line);
	else if (strcmp(name, "running") == 0)
		s->running = number(line);
}

/* Wait for a frame; 0 with *F, which is the reader's, or -1. */
static int
receive(int fd, struct frame_reader *r, struct frame *f)
{
	uint8_t *space;
	size_t room;
	ssize_t n;
	int rc;

	while ((rc = frame_next(r, f)) == 0) {
		space = frame_reader_space(r, &room);
		n = space != NULL ? read(fd, space, room) : -1;
		if (n <= 0)
			return -1;
		frame_reader_filled(r, (size_t)n);
	}
	return rc == 1 ? 0 : -1;
}

/* Connected, with a question sent; -1 when nobody is there. */
static int
ask(const char *socket_path, uint8_t type)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	uint8_t frame[FRAME_HEADER];
	struct warm w;
	int fd;

	if (!warm_connect(&w, socket_path))
		return -1;
	fd = w.watch.fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	frame_header(frame, 0, type, 0);
	if (passing_send(fd, frame, sizeof(frame), NULL, 0) == 0)
		return fd;
	close(fd);
	return -1;
}

/* -1: no keeper answers there. */
static int
read_status(struct warm_status *s, const char *socket_path)
{
	FD_AUTO int fd = ask(socket_path, MESSAGE_STATUS);
	struct frame_reader r = { 0 };
	MEM_AUTO char *text = NULL;
	char *rest, *line;
	struct frame f;

	memset(s, 0, sizeof(*s));
	if (fd == -1)
		return -1;
	if (receive(fd, &r, &f) == 0 && f.type == MESSAGE_STATUS)
		text = mem_printf("%.*s", (int)f.length,
		    (const char *)f.payload);
	frame_reader_clear(&r);
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL)
		take_line(s, line);
	if (s->container == NULL) {
		clear(s);
		return -1;
	}
	s->ours = s->version == WIRE_VERSION;
	s->socket = mem_dup(socket_path);
	return 0;
}

static void
add(void *arg, const char *path)
{
	struct warm_list *l = arg;
	struct warm_status s;

	if (read_status(&s, path) == -1)
		return;
	l->v = mem_grow(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = s;
}

/* Call SEEN with the path of every socket, or of its file with SUFFIX. */
static int
each_socket(const char *suffix, void (*seen)(void *arg, const char *path),
    void *arg, struct error *e)
{
	MEM_AUTO char *directory = warm_directory(e);
	struct dirent *entry;
	const char *name;
	DIR *dir;

	if (directory == NULL)
		return -1;
	dir = opendir(directory);
	if (dir == NULL)
		return error_system(e, "cannot read %s", directory);
	while ((entry = readdir(dir)) != NULL) {
		MEM_AUTO char *path = NULL;

		name = entry->d_name;
		if (strspn(name, "0123456789abcdef") != NAME_LENGTH ||
		    strcmp(name + NAME_LENGTH, suffix) != 0)
			continue;
		path = mem_printf("%s/%s", directory, name);
		seen(arg, path);
	}
	closedir(dir);
	return 0;
}

int
warm_list(struct warm_list *l, struct error *e)
{
	memset(l, 0, sizeof(*l));
	return each_socket("", add, l, e);
}

/* A keeper has it from before it connects until it listens. */
static void
wait_for_lock(void *arg, const char *path)
{
	FD_AUTO int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	(void)arg;
	while (fd != -1 && flock(fd, LOCK_SH) == -1 && errno == EINTR)
		continue;
}

void
warm_settle(void)
{
	ERROR_AUTO struct error e = { 0 };

	each_socket(".lock", wait_for_lock, NULL, &e);
}

void
warm_list_clear(struct warm_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		clear(&l->v[i]);
	free(l->v);
	memset(l, 0, sizeof(*l));
}

int
warm_stop(const struct warm_status *s, struct error *e)
{
	FD_AUTO int fd = ask(s->socket, MESSAGE_STOP);
	char byte;

	/* Gone meanwhile: that is what was asked for. */
	if (fd == -1 || read(fd, &byte, 1) == 0)
		return 0;
	return error_set(e, "the keeper (process %d) does not answer", s->pid);
}
