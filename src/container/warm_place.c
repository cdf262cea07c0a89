/* SPDX-License-Identifier: ISC */
#include "container/warm_place.h"

#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "wire/message.h"

#define TROUBLE_S	10	/* it may be better by then */
#define TROUBLE_MOST	4096

/* What docker looks at before it knows which engine it talks to, and how. */
static const char *const variables[] = { "PATH", "HOME", "DOCKER_HOST",
    "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS",
    "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION", "DOCKER_CUSTOM_HEADERS",
    "CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINERD_ADDRESS",
    "CONTAINERD_NAMESPACE", "NERDCTL_TOML", NULL };

/* The variable's value, or NULL where it is unset or empty. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* Ours alone: a directory, no link to one, that nobody else may enter. */
static int
check(const char *path, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return error_system(e, "cannot use %s", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return error_set(e, "%s is not a directory of ours alone",
		    path);
	return 0;
}

static int
make(const char *path, struct error *e)
{
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return error_system(e, "cannot make %s", path);
	return 0;
}

/* PARENT/NAME, which is made where PARENT is there. */
static char *
below(char *parent, const char *name, struct error *e)
{
	char *path = mem_printf("%s/%s", parent, name);

	free(parent);
	if (make(path, e) == 0)
		return path;
	free(path);
	return NULL;
}

static char *
cache_directory(struct error *e)
{
	const char *cache = variable("XDG_CACHE_HOME"), *home = variable("HOME");
	char *path;

	if (cache == NULL && home == NULL) {
		error_set(e, "neither XDG_RUNTIME_DIR nor HOME is set");
		return NULL;
	}
	path = cache != NULL ? mem_dup(cache) : mem_printf("%s/.cache", home);
	if (make(path, e) == -1) {
		free(path);
		return NULL;
	}
	path = below(path, "dexec", e);
	return path != NULL ? below(path, "warm", e) : NULL;
}

char *
warm_directory(struct error *e)
{
	const char *runtime = variable("XDG_RUNTIME_DIR");
	char *path;

	if (runtime != NULL && check(runtime, e) == 0)
		path = below(mem_dup(runtime), "dexec", e);
	else {
		error_clear(e);
		path = cache_directory(e);
	}
	if (path == NULL)
		return NULL;
	if (path[0] == '/' && check(path, e) == 0)
		return path;
	if (e->text == NULL)
		error_set(e, "%s is no absolute path", path);
	free(path);
	return NULL;
}

/* With its length, so that no value can look like another line. */
static void
add(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_addf(b, "%s %zu %s\n", name, strlen(value), value);
}

/* Contexts and credentials may have changed with it. */
static void
add_config(struct buf *b)
{
	const char *dir = variable("DOCKER_CONFIG");
	MEM_AUTO char *path = NULL;
	struct stat st;

	path = dir != NULL ? mem_printf("%s/config.json", dir) :
	    mem_printf("%s/.docker/config.json",
	    variable("HOME") != NULL ? variable("HOME") : "");
	if (stat(path, &st) == 0)
		buf_addf(b, "config %ju %jd %jd.%09ld\n",
		    (uintmax_t)st.st_ino, (intmax_t)st.st_size,
		    (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void
add_plan(struct buf *b, const struct plan *p)
{
	add(b, "docker", p->docker->program);
	add(b, "host", p->docker->host);
	add(b, "context", p->docker->context);
	for (size_t i = 0; variables[i] != NULL; i++)
		add(b, variables[i], getenv(variables[i]));
	/* A host says all, but for the credentials of its proxy. */
	if (p->docker->host == NULL)
		add_config(b);
	add(b, "user", p->options->user);
	add(b, "privileged", p->options->privileged ? "yes" : NULL);
	add(b, "target", p->target);
}

/* FNV-1a, of 64 bits: it only has to spread names. */
static uint64_t
hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

int
warm_place_find(struct warm_place *w, const struct plan *p, struct error *e)
{
	MEM_AUTO char *directory = warm_directory(e);
	struct buf key = { 0 };
	size_t version;

	memset(w, 0, sizeof(*w));
	if (directory == NULL)
		return -1;
	buf_addf(&key, "dexec " PACKAGE_VERSION " wire %d\n", WIRE_VERSION);
	version = key.len;
	add_plan(&key, p);
	w->socket = mem_printf("%s/%016jx", directory,
	    (uintmax_t)hash(key.data + version));
	w->key = buf_steal(&key);
	if (strlen(w->socket) < sizeof(((struct sockaddr_un *)0)->sun_path))
		return 0;
	return error_set(e, "the path of the socket is too long: %s",
	    w->socket);
}

void
warm_place_clear(struct warm_place *w)
{
	free(w->key);
	free(w->socket);
	memset(w, 0, sizeof(*w));
}

void
warm_place_note(const char *socket, const char *why)
{
	MEM_AUTO char *path = mem_printf("%s.why", socket);
	FD_AUTO int fd = -1;

	if (why == NULL) {
		unlink(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd != -1)
		file_write(fd, why, strlen(why));
}

char *
warm_place_trouble(const char *socket)
{
	MEM_AUTO char *path = mem_printf("%s.why", socket);
	struct buf text = { 0 };
	struct stat st;

	if (stat(path, &st) == -1 || st.st_mtime + TROUBLE_S < time(NULL) ||
	    file_read(path, TROUBLE_MOST, &text) == -1 || text.len == 0) {
		buf_clear(&text);
		return NULL;
	}
	return buf_steal(&text);
}
