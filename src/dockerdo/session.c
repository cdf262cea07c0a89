/* SPDX-License-Identifier: ISC */
#include "dockerdo/session.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "dockerdo/fields.h"

#define FIELD(name)	offsetof(struct session, name)
#define LONGEST_NAME	64

const char *const container_state_words[] = { "nothing", "running",
    "stopped", NULL };

static const struct field fields[] = {
	{ "base_image", FIELD_TEXT, FIELD(base_image), true, NULL },
	{ "container_name", FIELD_TEXT, FIELD(container_name), true, NULL },
	{ "container_state", FIELD_CHOICE, FIELD(container_state), false,
	    container_state_words },
	{ "container_username", FIELD_TEXT, FIELD(container_username), false,
	    NULL },
	{ "distro", FIELD_TEXT, FIELD(distro), true, NULL },
	{ "docker_registry", FIELD_TEXT, FIELD(docker_registry), false, NULL },
	{ "docker_run_args", FIELD_TEXT, FIELD(docker_run_args), false, NULL },
	{ "env", FIELD_MAP, FIELD(env), false, NULL },
	{ "image_tag", FIELD_TEXT, FIELD(image_tag), false, NULL },
	{ "local_work_dir", FIELD_TEXT, FIELD(local_work_dir), true, NULL },
	{ "name", FIELD_TEXT, FIELD(name), true, NULL },
	{ "record_inotify", FIELD_BOOL, FIELD(record_inotify), false, NULL },
	{ "remote_delay", FIELD_REAL, FIELD(remote_delay), false, NULL },
	{ "remote_host", FIELD_TEXT, FIELD(remote_host), false, NULL },
	{ "remote_host_build_dir", FIELD_TEXT, FIELD(remote_host_build_dir),
	    true, NULL },
	{ "session_dir", FIELD_TEXT, FIELD(session_dir), true, NULL },
	{ "ssh_port_on_remote_host", FIELD_PORT,
	    FIELD(ssh_port_on_remote_host), false, NULL },
	{ "transport", FIELD_CHOICE, FIELD(transport), false,
	    transport_words },
	{ 0 }
};

bool
session_name_is_good(const char *name)
{
	static const char alphanumeric[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return *name != '\0' && strchr(alphanumeric, *name) != NULL &&
	    name[strspn(name + 1, "_.-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789") + 1] == '\0' &&
	    strlen(name) <= LONGEST_NAME;
}

char *
session_home(struct error *e)
{
	const char *home = settings_home(e);

	return home != NULL ? mem_printf("%s/.local/share/dockerdo", home) :
	    NULL;
}

const char *
session_current(struct error *e)
{
	const char *directory = getenv(SESSION_VARIABLE);

	if (directory != NULL && *directory != '\0')
		return directory;
	error_set(e, "no session is active: source the activate script of "
	    "one (dockerdo ls), or source $(dockerdo init)");
	return NULL;
}

char *
session_file(const struct session *s, const char *name)
{
	return mem_printf("%s/%s", s->directory, name);
}

char *
session_mount_point(const struct session *s)
{
	return mem_printf("%s/container", s->local_work_dir);
}

static int
compare_variables(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *other = *(char *const *)b;
	size_t n = strcspn(one, "="), m = strcspn(other, "=");
	int order = memcmp(one, other, n < m ? n : m);

	return order != 0 ? order : (n > m) - (n < m);
}

int
session_load(struct session *s, const char *directory, struct error *e)
{
	MEM_AUTO char *path = mem_printf("%s/session.yaml", directory);

	/* What those were that had no such keys. */
	*s = (struct session){ .transport = TRANSPORT_SSH };
	s->container_username = mem_dup("root");
	s->directory = mem_dup(directory);
	if (fields_read(fields, s, path, e) == -1)
		return -1;
	if (s->env.n > 1)
		qsort(s->env.v, s->env.n, sizeof(*s->env.v),
		    compare_variables);
	return 0;
}

int
session_write(const struct session *s, struct error *e)
{
	MEM_AUTO char *path = session_file(s, "session.yaml");

	return fields_write(fields, s, path, e);
}

/*
 * The lock is on the directory itself: a file more in it would be one too many
 * for whoever removes what he knows of.
 */
static int
lock(const char *directory, struct error *e)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return error_system(e, "cannot open %s", directory);
	while (flock(fd, LOCK_EX) == -1) {
		if (errno == EINTR)
			continue;
		error_system(e, "cannot lock %s", directory);
		close(fd);
		return -1;
	}
	return fd;
}

int
session_change(struct session *s,
    int (*change)(struct session *, void *arg, struct error *), void *arg,
    struct error *e)
{
	FD_AUTO int fd = lock(s->directory, e);
	struct session now = { 0 };
	int rc;

	if (fd == -1)
		return -1;
	rc = session_load(&now, s->directory, e);
	if (rc == 0)
		rc = change(&now, arg, e);
	if (rc == 0)
		rc = session_write(&now, e);
	if (rc == -1) {
		session_clear(&now);
		return -1;
	}
	session_clear(s);
	*s = now;
	return 0;
}

static int
set_state(struct session *s, void *arg, struct error *e)
{
	(void)e;
	s->container_state = *(int *)arg;
	return 0;
}

int
session_set_state(struct session *s, enum container_state state,
    struct error *e)
{
	int value = (int)state;

	if (s->container_state == value)
		return 0;
	return session_change(s, set_state, &value, e);
}

static int
set_port(struct session *s, void *arg, struct error *e)
{
	(void)e;
	s->ssh_port_on_remote_host = *(int *)arg;
	return 0;
}

int
session_set_port(struct session *s, int port, struct error *e)
{
	return s->ssh_port_on_remote_host == port ? 0 :
	    session_change(s, set_port, &port, e);
}

static int
set_record(struct session *s, void *arg, struct error *e)
{
	(void)arg;
	(void)e;
	s->record_inotify = true;
	return 0;
}

int
session_set_record(struct session *s, struct error *e)
{
	return s->record_inotify ? 0 : session_change(s, set_record, NULL, e);
}

/* Where NAME is, or would be. */
static size_t
position(const struct strv *env, const char *name, bool *there)
{
	size_t i;

	*there = false;
	for (i = 0; i < env->n; i++) {
		int order = compare_variables(&env->v[i], &name);

		*there = order == 0;
		if (order >= 0)
			break;
	}
	return i;
}

void
session_set_variable(struct session *s, const char *name, const char *value)
{
	struct strv env = { 0 };
	bool there;
	size_t at = position(&s->env, name, &there);

	for (size_t i = 0; i < at; i++)
		strv_push(&env, s->env.v[i]);
	if (value != NULL)
		strv_pushf(&env, "%s=%s", name, value);
	for (size_t i = at + there; i < s->env.n; i++)
		strv_push(&env, s->env.v[i]);
	strv_clear(&s->env);
	s->env = env;
}

void
session_clear(struct session *s)
{
	fields_clear(fields, s);
	fields_set(&s->directory, NULL);
}
