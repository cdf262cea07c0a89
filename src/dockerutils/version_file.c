/* SPDX-License-Identifier: ISC */
#include "dockerutils/version_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "dockerutils/project.h"
#include "dockerutils/version.h"
#include "dockerutils/versioneer.h"

static json_t *
text_or_null(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

/* The caller frees it; NULL when something in it is not UTF-8. */
static char *
as_json(const struct version *v)
{
	json_t *o = json_object();
	char *text = NULL;

	if (json_object_set_new(o, "date", text_or_null(v->date)) == 0 &&
	    json_object_set_new(o, "dirty", v->dirty_known ?
	    json_boolean(v->dirty) : json_null()) == 0 &&
	    json_object_set_new(o, "error", text_or_null(v->error)) == 0 &&
	    json_object_set_new(o, "full-revisionid",
	    text_or_null(v->revision)) == 0 &&
	    json_object_set_new(o, "version", text_or_null(v->version)) == 0)
		text = json_dumps(o, JSON_INDENT(4) | JSON_SORT_KEYS |
		    JSON_ENSURE_ASCII);
	json_decref(o);
	return text;
}

int
version_file_text(struct buf *b, const struct version *v, struct error *e)
{
	MEM_AUTO char *json = as_json(v);

	/* Python reads the text between quotes before JSON's rules hold. */
	if (json == NULL || strchr(json, '\\') != NULL ||
	    strstr(json, "'''") != NULL)
		return error_set(e, "the version has characters that "
		    VERSION_FILE " cannot hold");
	buf_addf(b, "\n"
	    "# The version of this project when it was written here by\n"
	    "# dockerutils genversion; it takes the place of what versioneer\n"
	    "# finds out where there is git.\n"
	    "\n"
	    "import json\n"
	    "\n"
	    "version_json = '''\n"
	    "%s\n"
	    "'''  # END VERSION_JSON\n"
	    "\n"
	    "\n"
	    "def get_versions():\n"
	    "    return json.loads(version_json)\n"
	    "\n", json);
	return 0;
}

/* Under its name only when it is whole. */
static int
replace(const struct buf *text, struct error *e)
{
	MEM_AUTO char *path = mem_printf(VERSION_FILE ".%ld", (long)getpid());
	FD_AUTO int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0666);

	if (fd != -1 && file_write(fd, text->data, text->len) == 0 &&
	    rename(path, VERSION_FILE) == 0)
		return 0;
	error_system(e, "cannot write " VERSION_FILE);
	if (fd != -1)
		unlink(path);
	return -1;
}

int
version_file_make(struct buf *b, const struct project *p, struct error *e)
{
	struct version v = { 0 };
	int rc = versioneer_version(&v, p->root, p->say, e);

	if (rc == 1 && version_file_text(b, &v, e) == -1)
		rc = -1;
	version_clear(&v);
	return rc;
}

int
version_file_write(const struct project *p, struct error *e)
{
	struct buf text = { 0 };
	int rc = version_file_make(&text, p, e);

	if (rc == 1 && replace(&text, e) == -1)
		rc = -1;
	buf_clear(&text);
	return rc;
}
