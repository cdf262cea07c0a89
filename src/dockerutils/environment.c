/* SPDX-License-Identifier: ISC */
#include "dockerutils/environment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/say.h"
#include "base/text.h"
#include "dockerutils/project.h"
#include "dockerutils/slots.h"

static const char *const aws_names[] = { "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION",
    "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", NULL };

bool
environment_is_secret(const char *name, size_t length)
{
	static const char *const parts[] = { "PASSWORD", "PASSWD", "SECRET",
	    "TOKEN", "CREDENTIAL", "ACCESS_KEY", "API_KEY", "APIKEY",
	    "PRIVATE_KEY", NULL };
	MEM_AUTO char *upper = mem_printf("%.*s", (int)length, name);

	for (char *c = upper; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	for (size_t i = 0; parts[i] != NULL; i++)
		if (strstr(upper, parts[i]) != NULL)
			return true;
	return false;
}

/* Append "-e" and WORD, "NAME=VALUE" or "NAME". */
static void
add(struct environment *env, const char *word)
{
	size_t n = strcspn(word, "=");

	strv_push(&env->argv, "-e");
	if (word[n] == '=' && environment_is_secret(word, n)) {
		strv_push(&env->hidden, word);
		strv_pushf(&env->argv, "%.*s", (int)n, word);
	} else {
		strv_push(&env->argv, word);
	}
}

static bool
same_variable(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && strncmp(a, b, n) == 0;
}

/* Where WORD's variable is in WORDS, or their number. */
static size_t
find(const struct strv *words, const char *word)
{
	size_t i = 0;

	while (i < words->n && !same_variable(words->v[i], word))
		i++;
	return i;
}

/*
 * The words behind "-e" and the like in ARGV become variables of ENV, with what
 * is secret hidden; other words stay.
 */
static void
add_words(struct environment *env, const struct strv *argv)
{
	static const char *const forms[] = { "--env=", "-e=", "-e", NULL };
	const char *word;
	size_t form;

	for (size_t i = 0; i < argv->n; i++) {
		word = argv->v[i];
		if ((strcmp(word, "-e") == 0 || strcmp(word, "--env") == 0) &&
		    i + 1 < argv->n) {
			add(env, argv->v[++i]);
			continue;
		}
		for (form = 0; forms[form] != NULL; form++)
			if (strncmp(word, forms[form],
			    strlen(forms[form])) == 0)
				break;
		if (forms[form] != NULL && strncmp(word, "--env-", 6) != 0)
			add(env, word + strlen(forms[form]));
		else
			strv_push(&env->argv, word);
	}
}

/* The keys of the section that "env" names; what is in VARIABLES counts more. */
static int
add_section(struct strv *variables, const struct project *p,
    const struct value *env, struct error *e)
{
	const struct replacing r = { p->variables, BRACES_LITERAL, false };
	const struct ini_section *s = ini_section(&p->config, env->text);
	MEM_AUTO char *shown = NULL;
	size_t own = variables->n;

	if (s == NULL) {
		shown = text_printable(env->text, 60);
		error_set(e, "there is no section [%s]", shown);
		return project_blame(p, env, e);
	}
	for (size_t i = 0; i < s->n; i++) {
		VALUE_AUTO struct value value = { 0 };
		BUF_AUTO struct buf word = { 0 };

		if (project_value(p, s->name, s->entries[i].key, &value,
		    e) == -1)
			return -1;
		buf_addf(&word, "%s=", value.entry->key);
		if (words_unquote(&word, value.text, &r, e) == -1)
			return project_blame(p, &value, e);
		if (find(variables, buf_text(&word)) >= own)
			strv_push(variables, buf_text(&word));
	}
	return 0;
}

/* WORDS each once: the last value, where the first one stood. */
static void
merge(struct strv *into, const struct strv *words)
{
	size_t at;

	for (size_t i = 0; i < words->n; i++) {
		at = find(into, words->v[i]);
		if (into->v == NULL || at == into->n) {
			strv_push(into, words->v[i]);
			continue;
		}
		free(into->v[at]);
		into->v[at] = mem_dup(words->v[i]);
	}
}

static bool
have(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

static bool
wants(const struct strv *wanted, const char *name)
{
	return wanted == NULL || find(wanted, name) < wanted->n;
}

void
environment_add_aws(struct strv *argv, const struct strv *wanted)
{
	for (size_t i = 0; aws_names[i] != NULL; i++) {
		if (!have(aws_names[i]) || !wants(wanted, aws_names[i]))
			continue;
		strv_push(argv, "-e");
		strv_push(argv, aws_names[i]);
	}
}

/*
 * Key "aws_env": off, on (as without it), or the names that are wanted.  Sets
 * *ALL, or fills in NAMES.
 */
static int
read_aws_env(const struct slots *s, bool *all, struct strv *names,
    struct error *e)
{
	static const struct option_row row = { .name = "aws_env",
	    .kind = OPTION_BOOL };
	VALUE_AUTO struct value value = { 0 };
	ERROR_AUTO struct error no_flag = { 0 };

	*all = true;
	if (slot_value(s, "aws_env", &value, e) == -1)
		return -1;
	if (value.text == NULL ||
	    option_assign(&row, all, value.text, &no_flag) == 0)
		return 0;
	*all = false;
	for (char *c = value.text; *c != '\0'; c++)
		if (*c == ',')
			*c = ' ';
	if (words_split(names, value.text, e) == -1)
		return project_blame(s->project, &value, e);
	return 0;
}

static int
add_aws(struct environment *env, const struct slots *s, struct error *e)
{
	struct strv wanted = { 0 }, found = { 0 };
	bool all, warned = false;
	int rc;

	rc = read_aws_env(s, &all, &wanted, e);
	if (rc == 0)
		environment_add_aws(&found, all ? NULL : &wanted);
	for (size_t i = 1; i < found.n; i += 2) {
		/* What something else has set already. */
		if (find(&env->argv, found.v[i]) < env->argv.n)
			continue;
		add(env, found.v[i]);
		warned |= s->docked && environment_is_secret(found.v[i],
		    strlen(found.v[i]));
	}
	if (warned)
		say_warning(s->project->say, "your AWS credentials go to the dock with "
		    "the container; aws_env = off keeps them here");
	strv_clear(&wanted);
	strv_clear(&found);
	return rc;
}

static int
add_variables(struct environment *env, struct strv *variables,
    const struct slots *s, const struct strv *given, struct error *e)
{
	VALUE_AUTO struct value section = { 0 };
	struct strv words = { 0 };

	if (slot_words(s, "environment", &words, e) == -1) {
		strv_clear(&words);
		return -1;
	}
	add_words(env, &words);
	strv_clear(&words);
	merge(variables, given);
	if (slot_value(s, "env", &section, e) == -1 ||
	    (section.text != NULL && *section.text != '\0' &&
	    add_section(variables, s->project, &section, e) == -1))
		return -1;
	for (size_t i = 0; i < variables->n; i++)
		add(env, variables->v[i]);
	return 0;
}

int
environment_make(struct environment *env, const struct slots *s,
    const struct strv *given, struct error *e)
{
	struct strv variables = { 0 };
	int rc;

	rc = add_variables(env, &variables, s, given, e);
	strv_clear(&variables);
	return rc == 0 ? add_aws(env, s, e) : -1;
}

void
environment_clear(struct environment *env)
{
	strv_clear(&env->argv);
	strv_clear(&env->hidden);
}
