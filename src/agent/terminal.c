/* SPDX-License-Identifier: ISC */
#include "agent/terminal.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER	_IO('T', 0x41)
#endif

#define FLAGS		(O_RDWR | O_NOCTTY | O_CLOEXEC)

static int
open_slave(int master)
{
	char path[32];
	unsigned int number;
	int unlocked = 0, slave;

	if (ioctl(master, TIOCSPTLCK, &unlocked) == -1)
		return -1;
	slave = ioctl(master, TIOCGPTPEER, FLAGS);
	if (slave != -1 || ioctl(master, TIOCGPTN, &number) == -1)
		return slave;
	/* Before Linux 4.13. */
	snprintf(path, sizeof(path), "/dev/pts/%u", number);
	return open(path, FLAGS);
}

int
terminal_open(int *master, int *slave)
{
	int error;

	*master = open("/dev/ptmx", FLAGS | O_NONBLOCK);
	if (*master == -1)
		return -1;
	*slave = open_slave(*master);
	if (*slave != -1)
		return 0;
	error = errno;
	close(*master);
	*master = -1;
	errno = error;
	return -1;
}

void
terminal_resize(int master, uint16_t rows, uint16_t columns)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	if (rows > 0 && columns > 0)
		ioctl(master, TIOCSWINSZ, &size);
}
