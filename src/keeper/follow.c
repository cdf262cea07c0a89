/* SPDX-License-Identifier: ISC */
#include "keeper/follow.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/strv.h"
#include "run/child.h"
#include "run/docker.h"
#include "run/spawn.h"

#define LINE_MAX_BYTES	4096	/* ours have some 250 */

/*
 * What comes from labels and command lines is not printed, and no field has a
 * blank in it.
 */
#define FORMAT \
	"{{.Actor.ID}} {{urlquery .Action}} " \
	"{{urlquery (index .Actor.Attributes \"name\")}}"

static const struct {
	const char *action;
	enum news_kind kind;
} known[] = {
	{ "die", NEWS_ENDED },
	{ "stop", NEWS_ENDED },
	{ "restart", NEWS_ENDED },
	{ "destroy", NEWS_ENDED },
	{ "pause", NEWS_PAUSED },
	{ "unpause", NEWS_UNPAUSED },
	{ "create", NEWS_NAMED },
	{ "rename", NEWS_NAMED },
	{ "archive-path", NEWS_COPIED },
	{ "extract-to-dir", NEWS_COPIED },
};

#define KNOWN	(sizeof(known) / sizeof(known[0]))

int
news_parse(struct news *news, char *line)
{
	const char *action;

	news->id = strsep(&line, " ");
	action = strsep(&line, " ");
	news->name = line;
	if (action == NULL || news->name == NULL || news->id[0] == '\0' ||
	    strchr(news->name, ' ') != NULL)
		return -1;
	for (size_t i = 0; i < KNOWN; i++) {
		if (strcmp(action, known[i].action) != 0)
			continue;
		news->kind = known[i].kind;
		return 0;
	}
	return -1;
}

static void
stop(struct follow *f)
{
	loop_unwatch(f->loop, &f->out);
	file_close(&f->out.fd);
	buf_clear(&f->text);
	if (!f->running)
		return;
	f->running = false;
	loop_forget(f->loop, &f->child);
	kill(-f->child.pid, SIGKILL);
	while (waitpid(f->child.pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}

static void
lose(struct follow *f)
{
	if (f->out.fd == -1)
		return;
	stop(f);
	f->lost(f->arg);
}

/* Whole lines; false where there is one that is too long to be one. */
static bool
tell(struct follow *f)
{
	struct news news;
	char *end;

	while (f->text.len > 0 &&
	    (end = memchr(f->text.data, '\n', f->text.len)) != NULL) {
		*end = '\0';
		if (news_parse(&news, f->text.data) == 0)
			f->told(f->arg, &news);
		buf_drop(&f->text, (size_t)(end - f->text.data) + 1);
	}
	return f->text.len <= LINE_MAX_BYTES;
}

static void
ready(void *arg, short revents)
{
	struct follow *f = arg;
	char chunk[4096];
	ssize_t n = read(f->out.fd, chunk, sizeof(chunk));

	(void)revents;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		buf_add(&f->text, chunk, (size_t)n);
	if (n <= 0 || !tell(f))
		lose(f);
}

static void
changed(void *arg, int wait_status)
{
	struct follow *f = arg;

	if (WIFSTOPPED(wait_status))
		return;
	f->running = false;
	lose(f);
}

static void
make_argv(const struct docker *d, struct strv *argv)
{
	child_argv(argv, NULL);
	docker_argv(d, argv, "events");
	strv_push_option(argv, "--filter", "type=container");
	for (size_t i = 0; i < KNOWN; i++) {
		strv_push(argv, "--filter");
		strv_pushf(argv, "event=%s", known[i].action);
	}
	strv_push_option(argv, "--format", FORMAT);
}

int
follow_start(struct follow *f, struct loop *loop, const struct docker *d,
    void (*told)(void *arg, const struct news *), void (*lost)(void *arg),
    void *arg, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	struct spawn s = { .own_group = true };
	int ends[2];

	memset(f, 0, sizeof(*f));
	f->told = told;
	f->lost = lost;
	f->arg = arg;
	if (file_pipe(ends, 0) == -1)
		return error_system(e, "cannot make a pipe");
	make_argv(d, &argv);
	s.argv = strv_argv(&argv);
	s.fd[0] = s.fd[2] = SPAWN_NULL;
	s.fd[1] = ends[1];
	f->child.pid = spawn_start(&s, e);
	file_close(&ends[1]);
	if (f->child.pid == -1) {
		file_close(&ends[0]);
		return -1;
	}
	f->loop = loop;
	f->running = true;
	f->child.changed = changed;
	f->child.arg = f;
	f->out = (struct loop_watch){ .fd = ends[0], .events = POLLIN,
	    .ready = ready, .arg = f };
	loop_child(loop, &f->child);
	loop_watch(loop, &f->out);
	return 0;
}

void
follow_clear(struct follow *f)
{
	if (f->loop == NULL)
		return;
	stop(f);
	memset(f, 0, sizeof(*f));
	f->out.fd = -1;
}
