/* SPDX-License-Identifier: ISC */
#include "dockerutils/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"

#define ALPHANUMERIC \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Only of BYTES, and no option. */
static int
check(const char *what, const char *text, const char *bytes, struct error *e)
{
	MEM_AUTO char *shown = NULL;

	if (*text != '\0' && *text != '-' &&
	    text[strspn(text, bytes)] == '\0' && strlen(text) <= 255)
		return 0;
	shown = text_printable(text, 60);
	return error_set(e, "'%s' cannot be a dock's %s", shown, what);
}

int
record_check_host(const char *host, struct error *e)
{
	/* It names a directory, too. */
	if (strcmp(host, ".") == 0 || strcmp(host, "..") == 0)
		return error_set(e, "'%s' cannot be a dock's host", host);
	return check("host", host, ALPHANUMERIC "._:-", e);
}

int
record_check_user(const char *user, struct error *e)
{
	return check("user", user, ALPHANUMERIC "._-", e);
}

/* It stands in a prompt, where a shell may expand what it has. */
int
record_check_moniker(const char *moniker, struct error *e)
{
	return check("moniker", moniker, ALPHANUMERIC "._:@+-", e);
}

static char **
field(struct record *r, const char *key, size_t len)
{
	const struct {
		const char *key;
		char **field;
	} fields[] = {
		{ "DOCK_USER", &r->user },
		{ "DOCK_MONIKER", &r->moniker },
		{ "DOCK_IP", &r->host },
		{ "DOCK_PROVISIONED_PRODUCT", &r->product },
		{ "DOCK_INSTANCE_ID", &r->instance },
		{ "DOCK_REGION", &r->region },
		{ "DOCK_PROFILE", &r->profile },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i].key) == len &&
		    strncmp(fields[i].key, key, len) == 0)
			return fields[i].field;
	return NULL;
}

/* Empty is as if it were not there. */
static void
take_line(struct record *r, char **hostname, const char *line, size_t len)
{
	const char *value = memchr(line, '=', len);
	size_t key;
	char **into;

	if (value == NULL || *line == '#')
		return;
	key = (size_t)(value++ - line);
	into = key == 13 && strncmp(line, "DOCK_HOSTNAME", 13) == 0 ?
	    hostname : field(r, line, key);
	len -= key + 1;
	if (len > 0 && value[len - 1] == '\r')
		len--;
	if (into == NULL || len == 0)
		return;
	free(*into);
	*into = mem_printf("%.*s", (int)len, value);
}

static void
drop_bad(char **text, int rc, const char *file, const struct say *say,
    struct error *e)
{
	if (rc == 0)
		return;
	say_warning(say, "%s: %s", file, e->text);
	error_clear(e);
	free(*text);
	*text = NULL;
}

int
record_check_aws(const char *id, struct error *e)
{
	return check("AWS name", id, ALPHANUMERIC "._@+-", e);
}

/* One that is not good is as if it were not there. */
static void
check_aws(struct record *r, const char *file, const struct say *say,
    struct error *e)
{
	char **ids[] = { &r->product, &r->instance, &r->region, &r->profile };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (*ids[i] != NULL)
			drop_bad(ids[i], record_check_aws(*ids[i], e), file,
			    say, e);
}

static int
check_all(struct record *r, const char *file, const struct say *say,
    struct error *e)
{
	/* As register-dock of old wrote it without one. */
	if (r->moniker != NULL && strcmp(r->moniker, "none") == 0) {
		free(r->moniker);
		r->moniker = NULL;
	}
	if (r->moniker != NULL)
		drop_bad(&r->moniker, record_check_moniker(r->moniker, e),
		    file, say, e);
	check_aws(r, file, say, e);
	if (r->user == NULL)
		r->user = mem_dup(RECORD_USER);
	if (r->host == NULL)
		return error_set(e, "%s: it names no DOCK_IP", file);
	if (record_check_host(r->host, e) == -1 ||
	    record_check_user(r->user, e) == -1)
		return error_context(e, "%s", file);
	return 0;
}

int
record_parse(struct record *r, const char *text, const char *file,
    const struct say *say, struct error *e)
{
	MEM_AUTO char *hostname = NULL;
	size_t n;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		take_line(r, &hostname, text, n);
	}
	if (r->host == NULL) {
		r->host = hostname;
		hostname = NULL;
	}
	return check_all(r, file, say, e);
}

void
record_text(const struct record *r, struct buf *b)
{
	buf_addf(b, "DOCK_USER=%s\nDOCK_MONIKER=%s\nDOCK_HOSTNAME=%s\n"
	    "DOCK_IP=%s\n", r->user, record_name(r), r->host, r->host);
	if (r->product != NULL)
		buf_addf(b, "DOCK_PROVISIONED_PRODUCT=%s\n", r->product);
	if (r->instance != NULL)
		buf_addf(b, "DOCK_INSTANCE_ID=%s\n", r->instance);
	if (r->region != NULL)
		buf_addf(b, "DOCK_REGION=%s\n", r->region);
	if (r->profile != NULL)
		buf_addf(b, "DOCK_PROFILE=%s\n", r->profile);
}

const char *
record_name(const struct record *r)
{
	return r->moniker != NULL ? r->moniker : r->host;
}

void
record_clear(struct record *r)
{
	free(r->user);
	free(r->moniker);
	free(r->host);
	free(r->product);
	free(r->instance);
	free(r->region);
	free(r->profile);
	memset(r, 0, sizeof(*r));
}
