/* SPDX-License-Identifier: ISC */
#include "dockerdo/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "dockerdo/fields.h"

#define FIELD(name)	offsetof(struct settings, name)

const char *const transport_words[] = { "ssh", "docker", NULL };

static const struct field fields[] = {
	{ "always_interactive", FIELD_BOOL, FIELD(always_interactive),
	    false, NULL },
	{ "always_record_inotify", FIELD_BOOL, FIELD(always_record_inotify),
	    false, NULL },
	{ "default_distro", FIELD_TEXT, FIELD(default_distro), true, NULL },
	{ "default_docker_registry", FIELD_TEXT,
	    FIELD(default_docker_registry), false, NULL },
	{ "default_docker_run_args", FIELD_TEXT,
	    FIELD(default_docker_run_args), false, NULL },
	{ "default_image", FIELD_TEXT, FIELD(default_image), true, NULL },
	{ "default_image_name_template", FIELD_TEXT,
	    FIELD(default_image_name_template), true, NULL },
	{ "default_remote_delay", FIELD_REAL, FIELD(default_remote_delay),
	    false, NULL },
	{ "default_remote_host", FIELD_TEXT, FIELD(default_remote_host),
	    false, NULL },
	{ "default_transport", FIELD_CHOICE, FIELD(default_transport), false,
	    transport_words },
	{ "ssh_key_path", FIELD_TEXT, FIELD(ssh_key_path), false, NULL },
	{ 0 }
};

const char *
settings_home(struct error *e)
{
	const char *home = getenv("HOME");

	if (home != NULL && *home == '/')
		return home;
	error_set(e, "$HOME is not set to a directory");
	return NULL;
}

char *
settings_path(struct error *e)
{
	const char *home = settings_home(e);

	return home != NULL ?
	    mem_printf("%s/.config/dockerdo/dockerdo.yaml", home) : NULL;
}

/* The first public key that is there; else where one would be. */
static char *
find_key(void)
{
	static const char *const names[] = { "id_ed25519", "id_ecdsa",
	    "id_rsa", NULL };
	const char *home = getenv("HOME");

	for (size_t i = 0; home != NULL && names[i] != NULL; i++) {
		MEM_AUTO char *path = mem_printf("%s/.ssh/%s.pub", home,
		    names[i]);

		if (access(path, R_OK) == 0 || names[i + 1] == NULL)
			return mem_dup(path);
	}
	return NULL;
}

static void
set_defaults(struct settings *s)
{
	*s = (struct settings){ .default_remote_delay = 0.3,
	    .default_transport = TRANSPORT_DOCKER };
	s->default_distro = mem_dup("ubuntu");
	s->default_docker_run_args = mem_dup("");
	s->default_image = mem_dup("ubuntu:latest");
	s->default_image_name_template = mem_dup(
	    "dockerdo-{base_image}:{base_image_tag}-{session_name}");
	s->ssh_key_path = find_key();
}

int
settings_load(struct settings *s, struct error *e)
{
	MEM_AUTO char *path = settings_path(e);

	set_defaults(s);
	if (path == NULL)
		return -1;
	if (fields_read(fields, s, path, e) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	error_clear(e);
	return 0;
}

int
settings_write_defaults(const char *path, struct error *e)
{
	struct settings s;
	int rc;

	set_defaults(&s);
	rc = fields_write(fields, &s, path, e);
	settings_clear(&s);
	return rc;
}

void
settings_clear(struct settings *s)
{
	fields_clear(fields, s);
}
