/* SPDX-License-Identifier: ISC */
#include "run/tty.h"

#include <sys/ioctl.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

void
tty_note(struct tty *t)
{
	memset(t, 0, sizeof(*t));
	for (t->fd = 0; t->fd <= 2; t->fd++)
		if (tcgetattr(t->fd, &t->modes) == 0)
			return;
	t->fd = -1;
}

bool
tty_foreground(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

/* SIGTTOU blocked, a background process may change the terminal. */
static void
block_ttou(sigset_t *old)
{
	sigset_t ttou;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, old);
}

void
tty_restore(const struct tty *t)
{
	struct termios now;
	sigset_t old;

	memset(&now, 0, sizeof(now));
	if (t->fd == -1 || tcgetattr(t->fd, &now) == -1 ||
	    !tty_foreground(t->fd))
		return;
	if (memcmp(&now, &t->modes, sizeof(now)) == 0)
		return;
	block_ttou(&old);
	tcsetattr(t->fd, TCSADRAIN, &t->modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

int
tty_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static bool
set_group(int fd, pid_t group)
{
	sigset_t old;
	int rc;

	block_ttou(&old);
	rc = tcsetpgrp(fd, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc == 0;
}

bool
tty_lend(struct tty *t, pid_t group)
{
	pid_t own = getpgrp();

	if (t->fd == -1 || t->group != 0 || !tty_foreground(t->fd) ||
	    setpgid(0, group) == -1)
		return false;
	t->group = own;
	if (set_group(t->fd, group))
		return true;
	tty_take_back(t);
	return false;
}

void
tty_take_back(struct tty *t)
{
	bool in_front;

	if (t->group == 0)
		return;
	in_front = tty_foreground(t->fd);
	if (setpgid(0, t->group) == 0 && in_front)
		set_group(t->fd, t->group);
	t->group = 0;
}
