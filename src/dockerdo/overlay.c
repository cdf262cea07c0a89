/* SPDX-License-Identifier: ISC */
#include "dockerdo/overlay.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerdo/session.h"

#define STAMP	"# Made by dockerdo overlay: "

/* Whatever the image's package manager is; nothing where sshd is there. */
#define INSTALL \
	"RUN if command -v sshd >/dev/null || [ -x /usr/sbin/sshd ]; then :; " \
	"\\\n" \
	"    elif command -v apt-get >/dev/null; then apt-get update && \\\n" \
	"        DEBIAN_FRONTEND=noninteractive apt-get install -y \\\n" \
	"        --no-install-recommends openssh-server openssh-sftp-server " \
	"&& \\\n" \
	"        rm -rf /var/lib/apt/lists/*; \\\n" \
	"    elif command -v apk >/dev/null; then \\\n" \
	"        apk add --no-cache openssh-server openssh-sftp-server; \\\n" \
	"    elif command -v dnf >/dev/null; then \\\n" \
	"        dnf -y install openssh-server && dnf clean all; \\\n" \
	"    elif command -v microdnf >/dev/null; then \\\n" \
	"        microdnf -y install openssh-server && microdnf clean all; " \
	"\\\n" \
	"    elif command -v zypper >/dev/null; then \\\n" \
	"        zypper --non-interactive install openssh && zypper clean; " \
	"\\\n" \
	"    elif command -v pacman >/dev/null; then \\\n" \
	"        pacman -Sy --noconfirm openssh; \\\n" \
	"    else echo 'no package manager that is known' >&2; exit 1; fi\n"

/* USER is a user's name.  Host keys are made when a container starts. */
#define ADMIT \
	"RUN set -e; user=%s; \\\n" \
	"    id \"$user\" >/dev/null 2>&1 || useradd -m \"$user\" 2>/dev/null " \
	"|| adduser -D \"$user\"; \\\n" \
	"    [ ! -e /etc/shadow ] || " \
	"sed -i \"s/^$user:!*:/$user:*:/\" /etc/shadow; \\\n" \
	"    home=$(while IFS=: read -r name x uid gid text home shell; do " \
	"\\\n" \
	"        [ \"$name\" != \"$user\" ] || echo \"$home\"; " \
	"done </etc/passwd); \\\n" \
	"    mkdir -p \"$home/.ssh\"; chmod 700 \"$home/.ssh\"; \\\n" \
	"    printf '%%s\\n' \"$" OVERLAY_KEY "\" " \
	">\"$home/.ssh/authorized_keys\"; \\\n" \
	"    chmod 600 \"$home/.ssh/authorized_keys\"; \\\n" \
	"    chown -R \"$user\" \"$home/.ssh\"; \\\n" \
	"    rm -f /etc/ssh/ssh_host_*\n"

/*
 * The server is the first process, so that a stop ends it at once.  What docker
 * has given that for its environment is kept for the user's commands, to whom
 * sshd would not give it.
 */
#define SERVE \
	"ENTRYPOINT []\n" \
	"CMD [\"/bin/sh\", \"-c\", \"mkdir -p /run/sshd && " \
	"(unset HOME PWD OLDPWD SHLVL _; umask 077; " \
	"export -p >/run/dockerdo_env) && " \
	"chown %s /run/dockerdo_env && ssh-keygen -A && " \
	"exec /usr/sbin/sshd -D -e -o AcceptEnv='_DODO*'\"]\n"

static bool
is_image(const char *image)
{
	return *image != '\0' && *image != '-' &&
	    strcspn(image, " \t\r\n") == strlen(image);
}

static bool
is_user(const char *user)
{
	return *user != '\0' && *user != '-' && user[strspn(user,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_.-")] == '\0';
}

static void
add_stamp(struct buf *b, const struct session *s)
{
	buf_addf(b, STAMP "%s, transport %s\n", s->base_image,
	    transport_words[s->transport]);
}

int
overlay_text(struct buf *b, const struct session *s, struct error *e)
{
	const char *user = s->container_username != NULL ?
	    s->container_username : "root";
	MEM_AUTO char *shown = text_printable(s->base_image, 60);

	if (!is_image(s->base_image))
		return error_set(e, "\"%s\" cannot be an image", shown);
	if (!is_user(user))
		return error_set(e, "container_username is no user's name");
	add_stamp(b, s);
	buf_addf(b, "FROM %s AS base\n", s->base_image);
	if (s->transport == TRANSPORT_DOCKER)
		return 0;
	buf_add_text(b, "USER root\n" INSTALL
	    "# A public key, which may well be in the image.\n"
	    "ARG " OVERLAY_KEY "\n");
	buf_addf(b, ADMIT, user);
	buf_addf(b, SERVE, user);
	return 0;
}

int
overlay_check(const char *text, const struct session *s, struct error *e)
{
	BUF_AUTO struct buf stamp = { 0 };

	add_stamp(&stamp, s);
	if (strncmp(text, STAMP, strlen(STAMP)) != 0 ||
	    strncmp(text, buf_text(&stamp), stamp.len) == 0)
		return 0;
	return error_set(e, OVERLAY_FILE " was made for another image or "
	    "transport: dockerdo overlay makes it again");
}

bool
overlay_wants_key(const char *text)
{
	return strstr(text, "ARG " OVERLAY_KEY) != NULL;
}
