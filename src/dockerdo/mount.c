/* SPDX-License-Identifier: ISC */
#include "dockerdo/mount.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/libexec.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "dockerdo/command.h"
#include "dockerdo/engine.h"
#include "dockerdo/link.h"
#include "dockerdo/mounts.h"
#include "dockerdo/step.h"
#include "run/ask.h"
#include "run/loop.h"
#include "run/signals.h"
#include "run/spawn.h"

#define PATIENCE	30000	/* ms, until something is mounted */
#define HELP_PATIENCE	5000	/* ms, for a program to tell its options */
#define CONTAIN		"no_contain_symlinks"
#define SERVER_NAME	"dexec-sftp"

int
mount_bring_server(struct call *call, struct error *e)
{
	MEM_AUTO char *path = libexec_path(SERVER_NAME);
	MEM_AUTO char *to = mem_printf("%s:" SFTP_SERVER,
	    call->session.container_name);
	char *const words[] = { (char *)"cp", path, to, NULL };

	if (call->session.transport == TRANSPORT_SSH)
		return 0;
	if (access(path, R_OK) == -1)
		return error_system(e, "cannot read %s", path);
	return engine_ask(call, words, NULL, e);
}

/* What waits for the mount. */
struct mounting {
	const char *point;
	const char *links;		/* options of sshfs for them */
	struct loop loop;
	struct loop_watch watch;	/* of MOUNTS_FILE */
	struct loop_timer deadline;
	struct loop_child server, sshfs;
	struct signals signals;
	int log;			/* what both have to say */
	int signo;
	bool mounted, failed, late;
};

static void
look(struct mounting *m)
{
	ERROR_AUTO struct error e = { 0 };
	struct mounts mounts;

	if (mounts_read(&mounts, &e) == 0)
		m->mounted = mounts_at(&mounts, m->point) != NULL;
	else
		m->failed = true;
	mounts_clear(&mounts);
}

static void
changed(void *arg, short revents)
{
	(void)revents;
	look(arg);
}

static void
ended(void *arg, int wait_status)
{
	struct mounting *m = arg;

	if (!WIFSTOPPED(wait_status))
		m->failed = true;
}

static void
too_late(void *arg)
{
	struct mounting *m = arg;

	m->late = true;
}

static void
interrupted(void *arg, int signo)
{
	struct mounting *m = arg;

	if (signo != SIGWINCH)
		m->signo = signo;
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* Start ARGV with END for its streams; our terminal is none of its business. */
static int
start(struct mounting *m, struct loop_child *child, int end,
    char *const *argv, struct error *e)
{
	struct spawn s = { .argv = argv, .fd = { end, end, m->log },
	    .own_session = true };

	child->pid = spawn_start(&s, e);
	if (child->pid == -1)
		return -1;
	child->changed = ended;
	child->arg = m;
	loop_child(&m->loop, child);
	return 0;
}

/* What serves the files on its stdin and stdout. */
static int
server_words(const struct call *call, struct strv *argv, struct error *e)
{
	if (call->session.transport == TRANSPORT_SSH) {
		if (link_argv(&call->session, argv, e) == -1)
			return -1;
		strv_push(argv, "-s");
		strv_push(argv, LINK_HOST);
		strv_push(argv, "sftp");
		return 0;
	}
	docker_argv(&call->docker, argv, "exec");
	strv_push(argv, "-i");
	strv_push_option(argv, "-u", call->session.container_username);
	docker_argv_target(argv, call->session.container_name);
	strv_push(argv, SFTP_SERVER);
	return 0;
}

/*
 * Absolute links of the container lead to its own files, and not to ours.  An
 * sshfs that lets none pass which are absolute or have ".." in them would leave
 * no container usable: it is told not to.
 */
static int
find_link_options(struct call *call, const char **options, struct error *e)
{
	const struct say nobody = { 0 };
	struct question q = { 0 };
	int rc = 0;

	strv_push_option(&q.argv, "sshfs", "--help");
	if (!call->choices.dry_run)
		rc = ask(&q, 1, HELP_PATIENCE, &nobody, e);
	*options = strstr(buf_text(&q.capture.out), CONTAIN) != NULL ||
	    strstr(buf_text(&q.capture.err), CONTAIN) != NULL ?
	    "transform_symlinks," CONTAIN : "transform_symlinks";
	question_clear(&q);
	if (rc <= 0)
		return rc;
	call->signo = rc;
	return error_set(e, "interrupted");
}

/*
 * What a command has done is to be seen when it has ended, so nothing is kept
 * for later, or, where each question crosses a network, for a second.
 */
static const char *
cache_options(const struct session *s)
{
	return s->remote_host == NULL ? "dir_cache=no,attr_timeout=0" :
	    "dcache_timeout=1";
}

static void
sshfs_words(const struct call *call, const char *point, const char *links,
    struct strv *argv)
{
	strv_push(argv, "sshfs");
	strv_push(argv, "-f");
	strv_push(argv, "-o");
	strv_pushf(argv, "passive,fsname=dockerdo:%s,%s,%s",
	    call->session.container_name, cache_options(&call->session),
	    links);
	strv_push(argv, ":/");
	strv_push(argv, point);
}

static int
start_both(struct mounting *m, const struct call *call, struct error *e)
{
	STRV_AUTO struct strv server = { 0 };
	STRV_AUTO struct strv sshfs = { 0 };
	int pair[2], rc;

	if (server_words(call, &server, e) == -1)
		return -1;
	sshfs_words(call, m->point, m->links, &sshfs);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return error_system(e, "cannot make a pair of sockets");
	rc = start(m, &m->server, pair[0], strv_argv(&server), e);
	if (rc == 0)
		rc = start(m, &m->sshfs, pair[1], strv_argv(&sshfs), e);
	close(pair[0]);
	close(pair[1]);
	return rc;
}

/* The last line that either has said. */
static char *
last_words(int log)
{
	BUF_AUTO struct buf text = { 0 };
	char *line;
	ssize_t n = pread(log, buf_reserve(&text, 4096), 4096, 0);

	if (n > 0)
		text.len = (size_t)n;
	while (text.len > 0 && strchr("\r\n", text.data[text.len - 1]) != NULL)
		text.len--;
	buf_add(&text, "", 0);
	line = strrchr(buf_text(&text), '\n');
	return text_printable(line != NULL ? line + 1 : buf_text(&text), 500);
}

static void
kill_child(struct mounting *m, struct loop_child *child)
{
	if (child->pid <= 0 || !child->active)
		return;
	kill(child->pid, SIGKILL);
	loop_forget(&m->loop, child);
	waitpid(child->pid, NULL, 0);
}

/* Nothing was mounted: both go, and the error says why. */
static int
give_up(struct mounting *m, struct error *e)
{
	MEM_AUTO char *words = last_words(m->log);

	kill_child(m, &m->sshfs);
	kill_child(m, &m->server);
	if (e->text != NULL)
		return -1;
	if (m->signo != 0)
		return error_set(e, "interrupted");
	return error_set(e, "cannot mount %s: %s", m->point,
	    *words != '\0' ? words : m->late ? "it takes too long" :
	    "sshfs, or who serves it, has ended");
}

static int
wait_for_mount(struct mounting *m, const struct call *call, struct error *e)
{
	int rc;

	m->signals = (struct signals){ .taken = interrupted, .pause = nothing,
	    .resume = nothing, .arg = m };
	m->deadline = (struct loop_timer){ .fire = too_late, .arg = m };
	m->watch.events = POLLPRI;
	m->watch.ready = changed;
	m->watch.arg = m;
	signals_take(&m->signals, &m->loop);
	loop_watch(&m->loop, &m->watch);
	loop_after(&m->loop, &m->deadline, PATIENCE);
	rc = start_both(m, call, e);
	while (rc == 0 && !m->mounted && !m->failed && !m->late &&
	    m->signo == 0)
		rc = loop_round(&m->loop, e);
	rc = m->mounted && rc == 0 ? 0 : give_up(m, e);
	/* From now on they are on their own. */
	if (m->server.active)
		loop_forget(&m->loop, &m->server);
	if (m->sshfs.active)
		loop_forget(&m->loop, &m->sshfs);
	loop_unwatch(&m->loop, &m->watch);
	loop_cancel(&m->loop, &m->deadline);
	signals_give_back(&m->signals);
	return rc;
}

/* A file that sshfs would hide. */
static int
check_empty(const char *point, struct error *e)
{
	DIR *dir = opendir(point);
	const struct dirent *d;
	bool empty = true;

	if (dir == NULL)
		return error_system(e, "cannot look into %s", point);
	while (empty && (d = readdir(dir)) != NULL)
		empty = strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0;
	closedir(dir);
	return empty ? 0 : error_set(e, "cannot mount on %s, which is not "
	    "empty", point);
}

static int
show(const struct call *call, const char *point, const char *links,
    struct error *e)
{
	STRV_AUTO struct strv server = { 0 };
	STRV_AUTO struct strv sshfs = { 0 };

	if (server_words(call, &server, e) == -1)
		return -1;
	sshfs_words(call, point, links, &sshfs);
	step_show(call, strv_argv(&server));
	step_show(call, strv_argv(&sshfs));
	return 0;
}

int
mount_container(struct call *call, struct error *e)
{
	MEM_AUTO char *point = session_mount_point(&call->session);
	struct mounting m = { .point = point, .log = -1 };
	bool made;
	int rc;

	if (find_link_options(call, &m.links, e) == -1 ||
	    show(call, point, m.links, e) == -1)
		return -1;
	if (call->choices.dry_run)
		return 0;
	made = mkdir(point, 0755) == 0;
	if (!made && errno != EEXIST)
		return error_system(e, "cannot make %s", point);
	if (check_empty(point, e) == -1 || loop_init(&m.loop, e) == -1)
		return -1;
	m.log = file_temporary();
	m.watch.fd = open(MOUNTS_FILE, O_RDONLY | O_CLOEXEC);
	rc = m.log == -1 || m.watch.fd == -1 ?
	    error_system(e, "cannot open " MOUNTS_FILE " or a temporary file") :
	    wait_for_mount(&m, call, e);
	if (m.signo != 0)
		call->signo = m.signo;
	loop_clear(&m.loop);
	file_close(&m.log);
	file_close(&m.watch.fd);
	if (rc == -1 && made)
		rmdir(point);
	return rc;
}
