/* SPDX-License-Identifier: ISC */
#include "dockerutils/project.h"

#include <sys/stat.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/text.h"
#include "base/text.h"

#define CONFIG	"docker/dockerutils.cfg"

char *
user_name(void)
{
	static const char *const names[] = { "LOGNAME", "USER", "LNAME",
	    "USERNAME", NULL };
	const struct passwd *pw;
	const char *value;

	for (size_t i = 0; names[i] != NULL; i++) {
		value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			return mem_dup(value);
	}
	pw = getpwuid(getuid());
	return pw != NULL ? mem_dup(pw->pw_name) :
	    mem_printf("%u", (unsigned int)getuid());
}

static char *
home_directory(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;

	if (home != NULL && *home != '\0')
		return mem_dup(home);
	pw = getpwuid(getuid());
	return mem_dup(pw != NULL ? pw->pw_dir : "/");
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* DIR has a "docker" directory. */
static bool
is_root(const char *dir)
{
	MEM_AUTO char *path = mem_printf("%s/docker", dir);

	return is_directory(path);
}

static int
find_root(struct project *p, struct error *e)
{
	MEM_AUTO char *from = getcwd(NULL, 0);
	MEM_AUTO char *home = realpath(p->home, NULL);
	MEM_AUTO char *at = NULL;
	MEM_AUTO char *shown = NULL;
	char *slash;

	if (from == NULL)
		return error_system(e, "cannot tell the working directory");
	at = mem_dup(from);
	while (!is_root(at)) {
		slash = strrchr(at, '/');
		*slash = '\0';
		if (*at == '\0' || (home != NULL && strcmp(at, home) == 0)) {
			shown = text_printable(from, 0);
			return error_set(e, "unable to find docker directory: "
			    "no project in %s or above it", shown);
		}
	}
	if (chdir(at) == -1)
		return error_system(e, "cannot enter %s", at);
	p->root = at;
	at = NULL;
	return 0;
}

static char
kept(char c)
{
	if (c == '_' || c == '.')
		return c;
	return '-';
}

/*
 * What can be part of an image's name: lower case, and "-" for all that cannot
 * be in one.
 */
static char *
image_prefix(const char *name)
{
	struct buf prefix = { 0 };
	char c;

	for (; *name != '\0'; name++) {
		c = (char)tolower((unsigned char)*name);
		if (isalnum((unsigned char)c) && (unsigned char)c < 0x80)
			buf_add_byte(&prefix, c);
		else if (prefix.len > 0 && isalnum((unsigned char)
		    prefix.data[prefix.len - 1]))
			buf_add_byte(&prefix, kept(c));
		else if (c == '-' && prefix.len > 0 &&
		    prefix.data[prefix.len - 1] == '-')
			buf_add_byte(&prefix, c);
	}
	/* What is joined to it begins with "-". */
	while (prefix.len > 0 && strchr("_.", prefix.data[prefix.len - 1]))
		prefix.data[--prefix.len] = '\0';
	if (prefix.len == 0)
		buf_add_text(&prefix, "project");
	return buf_steal(&prefix);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
list_images(struct project *p, struct error *e)
{
	DIR *dir = opendir("docker");
	const struct dirent *d;

	if (dir == NULL)
		return error_system(e, "cannot read %s/docker", p->root);
	while ((d = readdir(dir)) != NULL) {
		MEM_AUTO char *path = mem_printf("docker/%s", d->d_name);

		if (strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0 && is_directory(path))
			strv_push(&p->images, d->d_name);
	}
	closedir(dir);
	if (p->images.n > 1)
		qsort(p->images.v, p->images.n, sizeof(*p->images.v), by_text);
	return 0;
}

static int
list_synthetic(struct project *p, struct error *e)
{
	VALUE_AUTO struct value list = { 0 };
	char *rest, *name;

	if (project_value(p, "run_image", "synthetic_images", &list, e) == -1)
		return -1;
	rest = list.text;
	while ((name = strsep(&rest, ",\n")) != NULL) {
		name += strspn(name, " \t\r\n");
		for (size_t n = strlen(name); n > 0 &&
		    strchr(" \t\r\n", name[n - 1]) != NULL; n--)
			name[n - 1] = '\0';
		if (*name != '\0')
			strv_push(&p->synthetic, name);
	}
	return 0;
}

static void
set_variables(struct project *p)
{
	p->variables[0] = (struct variable){ "project_root", p->root };
	p->variables[1] = (struct variable){ "user", p->user };
	p->variables[2] = (struct variable){ "project", p->name };
	p->variables[3] = (struct variable){ "home", p->home };
	p->variables[4] = (struct variable){ NULL, NULL };
}

int
project_enter(struct project *p, const struct say *say, struct error *e)
{
	p->say = say;
	p->user = user_name();
	p->home = home_directory();
	if (find_root(p, e) == -1)
		return -1;
	p->name = mem_dup(strrchr(p->root, '/') + 1);
	p->prefix = image_prefix(p->name);
	set_variables(p);
	if (ini_read(&p->config, CONFIG, false, e) == -1 ||
	    list_images(p, e) == -1)
		return -1;
	return list_synthetic(p, e);
}

static bool
listed(const struct strv *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], name) == 0)
			return true;
	return false;
}

int
project_check_image(const struct project *p, const char *image,
    bool synthetic, struct error *e)
{
	MEM_AUTO char *shown = NULL;
	struct strv all = { 0 };
	struct buf names = { 0 };

	if (listed(&p->images, image) ||
	    (synthetic && listed(&p->synthetic, image)))
		return 0;
	strv_pushv(&all, strv_argv(&p->images));
	if (synthetic)
		strv_pushv(&all, strv_argv(&p->synthetic));
	for (size_t i = 0; i < all.n; i++) {
		MEM_AUTO char *name = text_printable(all.v[i], 60);

		buf_addf(&names, "%s%s", i > 0 ? ", " : "", name);
	}
	shown = text_printable(image, 60);
	error_usage(e, "invalid choice: '%s' (choose from %s)", shown,
	    buf_text(&names));
	strv_clear(&all);
	buf_clear(&names);
	return -1;
}

int
project_value(const struct project *p, const char *image, const char *key,
    struct value *value, struct error *e)
{
	const struct ini_section *s = ini_section(&p->config, image);
	struct buf text = { 0 };

	*value = (struct value){ 0 };
	if (s != NULL)
		value->entry = ini_entry(&p->config, s, key);
	if (value->entry == NULL)
		return 0;
	if (ini_value(&p->config, s, value->entry, &text, p->say, e) == -1) {
		buf_clear(&text);
		return -1;
	}
	value->text = buf_steal(&text);
	return 0;
}

int
project_flag(const struct project *p, const char *image, const char *key,
    bool otherwise, bool *flag, struct error *e)
{
	static const struct option_row row = { .name = "value",
	    .kind = OPTION_BOOL };
	VALUE_AUTO struct value value = { 0 };
	ERROR_AUTO struct error bad = { 0 };
	MEM_AUTO char *shown = NULL;

	*flag = otherwise;
	if (project_value(p, image, key, &value, e) == -1)
		return -1;
	if (value.text == NULL || *value.text == '\0')
		return 0;
	for (char *c = value.text; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (option_assign(&row, flag, value.text, &bad) == 0)
		return 0;
	shown = text_printable(value.text, 40);
	error_set(e, "'%s' is not true or false", shown);
	return project_blame(p, &value, e);
}

int
project_blame(const struct project *p, const struct value *value,
    struct error *e)
{
	MEM_AUTO char *key = NULL;

	if (value->entry == NULL)
		return -1;
	key = text_printable(value->entry->key, 60);
	return error_context(e, "%s:%u: %s", p->config.file,
	    value->entry->line, key);
}

void
value_clear(struct value *value)
{
	free(value->text);
	*value = (struct value){ 0 };
}

void
project_clear(struct project *p)
{
	free(p->root);
	free(p->name);
	free(p->prefix);
	free(p->user);
	free(p->home);
	ini_clear(&p->config);
	strv_clear(&p->images);
	strv_clear(&p->synthetic);
	memset(p, 0, sizeof(*p));
}
