/* SPDX-License-Identifier: ISC */
#include "dockerdo/link.h"

#include <sys/stat.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerdo/command.h"
#include "dockerdo/engine.h"
#include "dockerdo/remote_words.h"
#include "dockerdo/step.h"
#include "run/ask.h"

#define SOCKET		"ssh-socket-container"
#define KNOWN_HOSTS	"known_hosts"
#define OLD_PORT	2222	/* that of sessions which do not know theirs */
#define LEARN_LIMIT	60000	/* ms; the script gives up before */
#define CHECK_LIMIT	10000	/* ms */

/* ssh puts 17 bytes behind the path while it binds it; sun_path has 108. */
#define LONGEST_SOCKET	90

/*
 * Run in the container: the public host keys, as soon as somebody listens on
 * port 22 (16 in hex), which is when there are keys.
 */
#define LEARN \
	"i=0; while [ $i -lt 200 ]; do " \
	"if grep -q ':0016 0*:0000 0A' /proc/net/tcp /proc/net/tcp6 " \
	"2>/dev/null; then exec cat /etc/ssh/ssh_host_*_key.pub; fi; " \
	"i=$((i + 1)); sleep 0.1; done; " \
	"echo 'no sshd listens in the container' >&2; exit 1"

/*
 * Where the master listens: in the session's directory, or where a link there
 * leads, since a socket's path must not be long.
 */
static char *
socket_path(const struct session *s)
{
	MEM_AUTO char *path = session_file(s, SOCKET);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	return n > 0 && (size_t)n < sizeof(target) ?
	    mem_printf("%.*s", (int)n, target) : mem_dup(path);
}

static int
make_place(const struct session *s, struct error *e)
{
	MEM_AUTO char *path = session_file(s, SOCKET);
	MEM_AUTO char *dir = NULL;
	MEM_AUTO char *target = NULL;

	if (unlink(path) == -1 && access(path, F_OK) == 0)
		return error_system(e, "cannot remove %s", path);
	if (strlen(path) <= LONGEST_SOCKET)
		return 0;
	dir = mem_dup("/tmp/dockerdo-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return error_system(e, "cannot make %s", dir);
	target = mem_printf("%s/s", dir);
	if (symlink(target, path) == -1)
		return error_system(e, "cannot make %s", path);
	return 0;
}

static void
remove_place(const struct session *s)
{
	MEM_AUTO char *path = session_file(s, SOCKET);
	MEM_AUTO char *target = socket_path(s);
	char *slash = strrchr(target, '/');

	if (strcmp(path, target) != 0) {
		unlink(target);
		*slash = '\0';
		rmdir(target);
	}
	unlink(path);
}

/* TEXT as a value of -o: one word, with no "%" that means something. */
static char *
option_value(const char *name, const char *text)
{
	struct buf b = { 0 };

	buf_addf(&b, "%s=\"", name);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_byte(&b, '\\');
		if (*text == '%')
			buf_add_byte(&b, '%');
		buf_add_byte(&b, *text);
	}
	buf_add_byte(&b, '"');
	return buf_steal(&b);
}

static void
push_taken(struct strv *argv, char *value)
{
	strv_push(argv, "-o");
	strv_take(argv, value);
}

int
link_argv(const struct session *s, struct strv *argv, struct error *e)
{
	MEM_AUTO char *socket = socket_path(s);
	MEM_AUTO char *hosts = session_file(s, KNOWN_HOSTS);

	if (strchr(s->directory, '\n') != NULL)
		return error_set(e, "ssh cannot have a line's end in the name "
		    "of the session's directory");
	strv_push(argv, "ssh");
	push_taken(argv, option_value("ControlPath", socket));
	push_taken(argv, option_value("UserKnownHostsFile", hosts));
	push_taken(argv, mem_printf("HostKeyAlias=dockerdo-%s",
	    s->container_name));
	push_taken(argv, mem_dup("StrictHostKeyChecking=yes"));
	push_taken(argv, mem_dup("LogLevel=ERROR"));
	/* For the master, too, or it lets none of them pass. */
	push_taken(argv, mem_dup(REMOTE_SEND));
	strv_push_option(argv, "-J", s->remote_host);
	strv_push(argv, "-p");
	strv_pushf(argv, "%d", s->ssh_port_on_remote_host != 0 ?
	    s->ssh_port_on_remote_host : OLD_PORT);
	strv_push_option(argv, "-l", s->container_username != NULL ?
	    s->container_username : "root");
	return 0;
}

/* KEYS as the lines of a file of known hosts: "TYPE KEY COMMENT" are KEYS'. */
static int
write_hosts(const struct session *s, const char *keys, struct error *e)
{
	MEM_AUTO char *path = session_file(s, KNOWN_HOSTS);
	MEM_AUTO char *copy = mem_dup(keys);
	BUF_AUTO struct buf text = { 0 };
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\r\n")) != NULL) {
		const char *type = strsep(&line, " ");
		const char *key = line != NULL ? strsep(&line, " ") : NULL;

		if (key != NULL && (strncmp(type, "ssh-", 4) == 0 ||
		    strncmp(type, "ecdsa-", 6) == 0))
			buf_addf(&text, "dockerdo-%s %s %s\n",
			    s->container_name, type, key);
	}
	if (text.len == 0)
		return error_set(e, "the container's sshd has no keys");
	if (file_replace(path, text.data, text.len) == -1)
		return error_system(e, "cannot write %s", path);
	return 0;
}

/* "127.0.0.1:32768", and perhaps more lines; docker may choose it anew. */
static int
learn_port(struct call *call, struct error *e)
{
	BUF_AUTO struct buf out = { 0 };
	char *const words[] = { (char *)"port", call->session.container_name,
	    (char *)"22/tcp", NULL };
	const char *bad, *colon;
	int port;

	if (engine_ask(call, words, &out, e) == -1)
		return -1;
	if (call->choices.dry_run)
		return 0;
	buf_add(&out, "", 0);
	out.data[strcspn(out.data, "\r\n")] = '\0';
	colon = strrchr(out.data, ':');
	port = (int)strtonum(colon != NULL ? colon + 1 : "", 1, 65535, &bad);
	if (bad != NULL)
		return error_set(e, "the container's port 22 is not "
		    "published");
	return session_set_port(&call->session, port, e);
}

static int
learn(struct call *call, struct error *e)
{
	const struct say nobody = { 0 };
	struct question q = { 0 };
	MEM_AUTO char *why = NULL;
	int rc;

	docker_argv(&call->docker, &q.argv, "exec");
	strv_push_option(&q.argv, "-u", "0");
	docker_argv_target(&q.argv, call->session.container_name);
	strv_push(&q.argv, "sh");
	strv_push_option(&q.argv, "-c", LEARN);
	step_show(call, strv_argv(&q.argv));
	rc = call->choices.dry_run ? 0 :
	    ask(&q, 1, LEARN_LIMIT, &nobody, e);
	if (rc > 0) {
		call->signo = rc;
		rc = error_set(e, "interrupted");
	} else if (rc == 0 && !call->choices.dry_run) {
		why = question_answered(&q) ? NULL : question_complaint(&q);
		rc = why != NULL ?
		    error_set(e, "cannot learn the host keys: %s", why) :
		    write_hosts(&call->session, buf_text(&q.capture.out), e);
	}
	question_clear(&q);
	return rc;
}

static int
connect_master(struct call *call, struct error *e)
{
	STRV_AUTO struct strv argv = { 0 };
	int status;

	if (link_argv(&call->session, &argv, e) == -1)
		return -1;
	/* -f goes into a session of its own once it is let in. */
	strv_push(&argv, "-fMN");
	push_taken(&argv, mem_dup("ControlPersist=yes"));
	push_taken(&argv, mem_dup("ServerAliveInterval=15"));
	push_taken(&argv, mem_dup("ExitOnForwardFailure=yes"));
	strv_push(&argv, LINK_HOST);
	status = step_run(call, strv_argv(&argv), e);
	if (status > 0)
		return error_set(e, "ssh cannot connect to the container");
	return status;
}

int
link_open(struct call *call, struct error *e)
{
	link_close(call);
	if (learn_port(call, e) == -1 || learn(call, e) == -1)
		return -1;
	if (!call->choices.dry_run && make_place(&call->session, e) == -1)
		return -1;
	return connect_master(call, e);
}

/* ssh -O WORD; it succeeds. */
static bool
control(struct call *call, const char *word)
{
	const struct say nobody = { 0 };
	ERROR_AUTO struct error e = { 0 };
	struct question q = { 0 };
	bool good;

	good = link_argv(&call->session, &q.argv, &e) == 0;
	strv_push_option(&q.argv, "-O", word);
	strv_push(&q.argv, LINK_HOST);
	good = good && ask(&q, 1, CHECK_LIMIT, &nobody, &e) == 0 &&
	    question_answered(&q);
	question_clear(&q);
	return good;
}

bool
link_is_up(struct call *call)
{
	MEM_AUTO char *socket = socket_path(&call->session);

	return access(socket, F_OK) == 0 && control(call, "check");
}

void
link_close(struct call *call)
{
	MEM_AUTO char *socket = socket_path(&call->session);

	if (call->choices.dry_run)
		return;
	if (access(socket, F_OK) == 0)
		control(call, "exit");
	remove_place(&call->session);
}
