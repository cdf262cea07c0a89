/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/words.h"
#include "dockerdo/engine.h"
#include "dockerdo/link.h"
#include "dockerdo/mount.h"
#include "dockerdo/recorder.h"

static const struct option_row rows[] = {
	{ .name = "no-default-args", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_default_args),
	    .help = "without default_docker_run_args of the settings" },
	{ .name = "ssh-port-on-remote-host", .kind = OPTION_NUMBER,
	    .offset = CHOICE(ssh_port), .value = "PORT", .least = 1,
	    .help = "where its sshd is, for transport ssh (any)" },
	{ .name = "record", .kind = OPTION_BOOL, .offset = CHOICE(record),
	    .help = "stay, and record what is changed in its files" },
	{ .name = "remote-delay", .kind = OPTION_TEXT,
	    .offset = CHOICE(remote_delay), .value = "SECONDS",
	    .help = "nothing: kept for scripts of earlier times" },
	{ .name = NULL }
};

/* What docker run has and docker create has not: it is what we do anyway. */
static bool
is_detach(const char *word)
{
	return strcmp(word, "-d") == 0 || strcmp(word, "--detach") == 0;
}

/* The port that is given, that of the session, or one that docker finds. */
static char *
published(const struct call *call)
{
	int port = call->choices.ssh_port != 0 ? call->choices.ssh_port :
	    call->session.ssh_port_on_remote_host;

	return port != 0 ? mem_printf(LINK_HOST ":%d:22", port) :
	    mem_dup(LINK_HOST "::22");
}

static int
create_words(const struct call *call, struct strv *words, struct error *e)
{
	const struct session *s = &call->session;
	const struct strv *args = &call->arguments.words;

	strv_push(words, "create");
	if (s->docker_run_args != NULL && !call->choices.no_default_args &&
	    words_split(words, s->docker_run_args, e) == -1)
		return error_context(e, "docker_run_args");
	for (size_t i = 0; i < args->n; i++)
		if (!is_detach(args->v[i]))
			strv_push(words, args->v[i]);
	strv_push_option(words, "--name", s->container_name);
	if (s->transport == TRANSPORT_SSH) {
		/* For this host alone, and for those who have an account. */
		strv_push(words, "-p");
		strv_take(words, published(call));
		strv_push(words, s->image_tag);
		return 0;
	}
	strv_push_option(words, "--entrypoint", SFTP_SERVER);
	strv_push(words, s->image_tag != NULL ? s->image_tag : s->base_image);
	strv_push(words, "--wait");
	return 0;
}

static int
check_transport(const struct call *call, struct error *e)
{
	if (call->session.transport != TRANSPORT_SSH)
		return 0;
	if (call->choices.ssh_port > 65535)
		return error_usage(e, "there is no port %d",
		    call->choices.ssh_port);
	return call->session.image_tag != NULL ? 0 :
	    error_set(e, "transport ssh needs an image with an sshd: "
	    "dockerdo build makes one");
}

/* From a container that has been made to one that can be worked in. */
static int
bring_up(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	char *const words[] = { (char *)"start",
	    call->session.container_name, NULL };
	int status;

	if (mount_bring_server(call, e) == -1)
		return -1;
	status = engine_run_silently(call, words, e);
	if (status != 0)
		return status;
	if (s->transport == TRANSPORT_SSH && link_open(call, e) == -1)
		return -1;
	if (mount_container(call, e) == -1)
		return -1;
	return call->choices.dry_run ? 0 :
	    session_set_state(&call->session, CONTAINER_RUNNING, e);
}

static void
roll_back(struct call *call)
{
	ERROR_AUTO struct error e = { 0 };
	char *const words[] = { (char *)"rm", (char *)"-f",
	    call->session.container_name, NULL };

	if (call->session.transport == TRANSPORT_SSH)
		link_close(call);
	if (engine_ask(call, words, NULL, &e) == -1)
		say_warning(&call->say, "%s", e.text);
}

static int
create(struct call *call, struct error *e)
{
	STRV_AUTO struct strv words = { 0 };
	int status;

	if (create_words(call, &words, e) == -1)
		return -1;
	status = engine_run(call, strv_argv(&words), e);
	/* One that was interrupted may have done it all the same. */
	if (status == 0 || call->signo == 0)
		return status;
	roll_back(call);
	return status;
}

static int
check_state(struct call *call, struct error *e)
{
	enum container_state state;

	if (engine_verify(call, &state, e) == -1)
		return -1;
	if (state == CONTAINER_RUNNING)
		return error_set(e, "the container is running already");
	if (state == CONTAINER_STOPPED)
		return error_set(e, "there is a container already, which is "
		    "stopped: dockerdo start, or dockerdo rm");
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	const struct session *s = &call->session;
	MEM_AUTO char *point = session_mount_point(s);
	int status;

	if (check_transport(call, e) == -1 || check_state(call, e) == -1)
		return -1;
	if (chdir(s->local_work_dir) == -1)
		return error_system(e, "cannot enter %s", s->local_work_dir);
	status = create(call, e);
	if (status != 0)
		return status;
	status = bring_up(call, e);
	if (status != 0 && !call->choices.dry_run)
		roll_back(call);
	if (status == 0 && !call->choices.dry_run)
		say_note(&call->say, "%s runs, with its files in %s",
		    s->container_name, point);
	return status != 0 ? status : recorder_run_if_wanted(call, e);
}

const struct command command_run = {
	.name = "run",
	.synopsis = "[DOCKER-RUN-OPTIONS...]",
	.summary = "make the container, start it, and mount its files",
	.help =
	    "Make the session's container from its image, start it, and\n"
	    "mount its files in ./container of the session's directory.  The\n"
	    "image needs no program for that, and is not changed: a small\n"
	    "one is brought along.  With transport ssh it is the image that\n"
	    "dockerdo build has made, with an sshd, which listens on the\n"
	    "loopback of the engine's host alone.  With --record, and where\n"
	    "the session or the settings say so, it stays until the files\n"
	    "are unmounted, and records which of them are changed: that is\n"
	    "for the background.  Other options are those of docker run;\n"
	    "directories in them count from the session's directory, or from\n"
	    "the build directory of a remote host.  When a step fails what\n"
	    "has been made is removed again.\n",
	.options = rows,
	.reading = READ_DOCKER,
	.letters = "n",
	.most = ANY_NUMBER,
	.session = true,
	.run = run,
};
