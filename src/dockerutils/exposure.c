/* SPDX-License-Identifier: ISC */
#include "dockerutils/exposure.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"

#define PATIENCE	1000	/* ms */

static bool
is_connected(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t size = sizeof(error);

	return poll(&p, 1, PATIENCE) == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
	    error == 0;
}

static bool
connects(const struct addrinfo *at)
{
	FD_AUTO int fd = socket(at->ai_family, at->ai_socktype |
	    SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);

	if (fd == -1)
		return false;
	if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
		return true;
	return errno == EINPROGRESS && is_connected(fd);
}

static bool
is_open(const char *host, int port)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG };
	struct addrinfo *all;
	char service[8];
	bool open = false;

	snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(host, service, &wanted, &all) != 0)
		return false;
	for (const struct addrinfo *at = all; at != NULL && !open;
	    at = at->ai_next)
		open = connects(at);
	freeaddrinfo(all);
	return open;
}

int
exposure_find(const char *host)
{
	static const int ports[] = { 2375, 2377 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (is_open(host, ports[i]))
			return ports[i];
	return 0;
}
