/* SPDX-License-Identifier: ISC */
#include "dockerdo/command.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/words.h"
#include "dockerdo/activate.h"
#include "dockerdo/distro.h"
#include "dockerdo/fields.h"

#define EPHEMERAL	"dockerdo_"
#define LETTERS		"abcdefghijklmnopqrstuvwxyz"

static const struct option_row rows[] = {
	{ .name = "container", .kind = OPTION_TEXT,
	    .offset = CHOICE(container), .value = "NAME",
	    .help = "the container's name (one that nobody has)" },
	{ .name = "remote", .kind = OPTION_TEXT, .offset = CHOICE(remote),
	    .value = "HOST",
	    .help = "the engine is on HOST, as ssh knows it" },
	{ .name = "local", .kind = OPTION_BOOL, .offset = CHOICE(local),
	    .help = "the engine is here, whatever the settings say" },
	{ .name = "image", .kind = OPTION_TEXT, .offset = CHOICE(image),
	    .value = "IMAGE", .help = "what the container is made from" },
	{ .name = "user", .kind = OPTION_TEXT, .offset = CHOICE(user),
	    .value = "USER",
	    .help = "who commands run as (who the image says)" },
	{ .name = "transport", .kind = OPTION_CHOICE,
	    .offset = CHOICE(transport), .value = "WAY",
	    .choices = transport_words,
	    .help = "docker, or ssh to an sshd in the container" },
	{ .name = "record", .kind = OPTION_BOOL, .offset = CHOICE(record),
	    .help = "record what is changed in its files" },
	{ .name = "distro", .kind = OPTION_TEXT, .offset = CHOICE(distro),
	    .value = "NAME",
	    .help = "the image's, for transport ssh" },
	{ .name = "registry", .kind = OPTION_TEXT, .offset = CHOICE(registry),
	    .value = "HOST", .help = "where images are pushed to" },
	{ .name = "build-dir", .kind = OPTION_TEXT,
	    .offset = CHOICE(build_dir), .value = "DIR",
	    .help = "where docker runs on the remote host (.)" },
	{ .name = "remote-delay", .kind = OPTION_TEXT,
	    .offset = CHOICE(remote_delay), .value = "SECONDS",
	    .help = "kept for sessions of earlier versions" },
	{ .name = NULL }
};

static char *
random_text(const char *letters, size_t n)
{
	char *text = mem_zero(n + 1, 1);

	for (size_t i = 0; i < n; i++)
		text[i] = letters[arc4random_uniform(
		    (uint32_t)strlen(letters))];
	return text;
}

static const char *
first_of(const char *option, const char *setting)
{
	return option != NULL ? option : setting;
}

/* A word that becomes a directory's name, and one of an ssh's arguments. */
static int
check_remote(const char *host, struct error *e)
{
	MEM_AUTO char *shown = host != NULL ? text_printable(host, 60) : NULL;

	if (host == NULL || (*host != '\0' && *host != '-' &&
	    strcspn(host, "/ \t\r\n") == strlen(host) &&
	    strcmp(shown, host) == 0))
		return 0;
	return error_set(e, "\"%s\" cannot be a host", shown);
}

static int
check(const struct session *s, struct error *e)
{
	STRV_AUTO struct strv words = { 0 };
	MEM_AUTO char *image = text_printable(s->base_image, 60);

	if (check_remote(s->remote_host, e) == -1)
		return -1;
	if (*s->base_image == '\0' || *s->base_image == '-')
		return error_set(e, "\"%s\" cannot be an image", image);
	if (distro_check(s->distro, e) == -1)
		return -1;
	if (s->docker_run_args != NULL &&
	    words_split(&words, s->docker_run_args, e) == -1)
		return error_context(e, "default_docker_run_args");
	return 0;
}

static int
set_delay(struct session *s, const struct call *call, struct error *e)
{
	const char *text = call->choices.remote_delay;
	MEM_AUTO char *shown = NULL;
	char *end;

	if (call->choices.local)
		return 0;
	s->remote_delay = call->settings.default_remote_delay;
	if (text == NULL)
		return 0;
	s->remote_delay = strtod(text, &end);
	if (*text != '\0' && *end == '\0' && isfinite(s->remote_delay) &&
	    s->remote_delay >= 0)
		return 0;
	shown = text_printable(text, 60);
	return error_usage(e, "--remote-delay cannot be \"%s\"", shown);
}

/* As the options say, else the settings. */
static int
fill(struct session *s, const struct call *call, struct error *e)
{
	const struct choices *c = &call->choices;
	const struct settings *set = &call->settings;
	MEM_AUTO char *random = random_text(LETTERS, 10);

	s->container_name = c->container != NULL ? mem_dup(c->container) :
	    mem_printf("%s%lld", random, (long long)time(NULL));
	if (!c->local)
		s->remote_host = mem_dup(first_of(c->remote,
		    set->default_remote_host));
	s->distro = mem_dup(first_of(c->distro, set->default_distro));
	s->base_image = mem_dup(first_of(c->image, set->default_image));
	s->docker_registry = mem_dup(first_of(c->registry,
	    set->default_docker_registry));
	if (set->default_docker_run_args != NULL &&
	    *set->default_docker_run_args != '\0')
		s->docker_run_args = mem_dup(set->default_docker_run_args);
	s->transport = c->transport != -1 ? c->transport :
	    set->default_transport;
	s->container_username = mem_dup(first_of(c->user,
	    s->transport == TRANSPORT_SSH ? "root" : NULL));
	s->remote_host_build_dir = mem_dup(first_of(c->build_dir, "."));
	s->record_inotify = c->record || set->always_record_inotify;
	s->local_work_dir = getcwd(NULL, 0);
	if (s->local_work_dir == NULL)
		return error_system(e, "cannot tell the current directory");
	return set_delay(s, call, e) == -1 ? -1 : check(s, e);
}

static int
make_named(const struct call *call, const char *name, struct session *s,
    struct error *e)
{
	MEM_AUTO char *home = session_home(e);

	if (home == NULL)
		return -1;
	s->name = mem_dup(name);
	s->directory = mem_printf("%s/%s", home, name);
	if (access(s->directory, F_OK) == 0)
		errno = EEXIST;
	else if (call->choices.dry_run || (file_make_directories(home) == 0 &&
	    mkdir(s->directory, 0700) == 0))
		return 0;
	if (errno != EEXIST)
		return error_system(e, "cannot make %s", s->directory);
	return error_set(e, "there is a session %s already: source "
	    "%s/activate, or remove it (dockerdo rm --delete)", name,
	    s->directory);
}

/* In the directory for temporary files, for as long as that lasts. */
static int
make_ephemeral(const struct call *call, struct session *s, struct error *e)
{
	const char *parent = file_temporary_directory();

	do {
		fields_set(&s->name, NULL);
		fields_set(&s->directory, NULL);
		s->name = random_text(LETTERS "0123456789_", 8);
		s->directory = mem_printf("%s/" EPHEMERAL "%s", parent,
		    s->name);
		if (call->choices.dry_run || mkdir(s->directory, 0700) == 0)
			return 0;
	} while (errno == EEXIST);
	return error_system(e, "cannot make %s", s->directory);
}

static void
unmake(const struct session *s)
{
	MEM_AUTO char *yaml = session_file(s, "session.yaml");
	MEM_AUTO char *activate = session_file(s, "activate");

	unlink(yaml);
	unlink(activate);
	rmdir(s->directory);
}

/* Its only line on stdout is a file's name: source $(dockerdo init). */
static int
write_files(const struct call *call, const struct session *s,
    struct error *e)
{
	MEM_AUTO char *path = NULL;

	if (call->choices.dry_run) {
		say_note(&call->say, "would have created the session %s in %s",
		    s->name, s->directory);
		return 0;
	}
	if (session_write(s, e) == 0)
		path = activate_write(s, e);
	if (path == NULL) {
		unmake(s);
		return -1;
	}
	say_note(&call->say, "created the session %s in %s", s->name,
	    s->directory);
	if (isatty(STDOUT_FILENO))
		say_note(&call->say, "to work in it, source this file:");
	printf("%s\n", path);
	return 0;
}

static int
run(struct call *call, struct error *e)
{
	const char *name = strv_argv(&call->arguments.words)[0];
	struct session s = { 0 };
	MEM_AUTO char *shown = name != NULL ? text_printable(name, 60) : NULL;
	int rc = fill(&s, call, e);

	if (rc == 0 && name != NULL && !session_name_is_good(name))
		rc = error_set(e, "\"%s\" cannot be a session's name: at most "
		    "64 letters, digits and .-_, a letter or digit first",
		    shown);
	if (rc == 0)
		rc = name != NULL ? make_named(call, name, &s, e) :
		    make_ephemeral(call, &s, e);
	if (rc == 0) {
		s.session_dir = mem_dup(s.directory);
		rc = write_files(call, &s, e);
	}
	session_clear(&s);
	return rc;
}

const struct command command_init = {
	.name = "init",
	.synopsis = "[NAME]",
	.summary = "make a session: source $(dockerdo init)",
	.help =
	    "Make a session, whose files will be mounted in ./container, and\n"
	    "print the name of a file for a shell to source.  With a NAME it\n"
	    "is kept in ~/.local/share/dockerdo/NAME, and can be activated\n"
	    "again by \"source ~/.local/share/dockerdo/NAME/activate\";\n"
	    "without one it is in the directory for temporary files.\n"
	    "The function deactivate_dockerdo leaves the session.\n",
	.options = rows,
	.most = 1,
	.run = run,
};
