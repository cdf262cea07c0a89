/* SPDX-License-Identifier: ISC */
#include "dockerutils/aws.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "dockerutils/command.h"
#include "dockerutils/record.h"
#include "run/ask.h"

void
aws_argv(struct strv *argv, const char *word, ...)
{
	const char *next = word;
	va_list ap;

	strv_push(argv, "aws");
	va_start(ap, word);
	while (next != NULL) {
		strv_push(argv, next);
		/* Where it has read other files before, clang-tidy 14 errs:
		   NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
		next = va_arg(ap, const char *);
	}
	va_end(ap);
}

void
aws_add_account(struct strv *argv, const struct record *r)
{
	strv_push_option(argv, "--region", r->region);
	strv_push_option(argv, "--profile", r->profile);
}

/* Its last line that says something: botocore's come behind empty ones. */
static char *
complaint(const struct question *q)
{
	const char *text = buf_text(&q->capture.err);

	text += strspn(text, "\r\n");
	if (q->failed != NULL || *text == '\0')
		return q->failed != NULL ? mem_dup(q->failed) :
		    mem_dup("it did not say why");
	return question_complaint(q);
}

char *
aws_ask(const struct call *call, char *const *argv, struct error *e)
{
	struct question q = { 0 };
	char *answer = NULL, *why;
	int rc;

	strv_pushv(&q.argv, argv);
	rc = ask(&q, 1, 0, &call->say, e);
	if (rc > 0) {
		error_set(e, "interrupted");
	} else if (rc == 0 && !question_answered(&q)) {
		why = complaint(&q);
		error_set(e, "%s %s %s: %s", argv[0], argv[1], argv[2], why);
		free(why);
	} else if (rc == 0) {
		answer = buf_steal(&q.capture.out);
		for (size_t n = strlen(answer); n > 0 &&
		    strchr("\r\n", answer[n - 1]) != NULL; n--)
			answer[n - 1] = '\0';
	}
	question_clear(&q);
	return answer;
}

/* The value of the first of both that has one. */
static const char *
either(const char *name, const char *other)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0')
		value = getenv(other);
	return value != NULL && *value != '\0' ? value : NULL;
}

const char *
aws_profile(void)
{
	return either("AWS_PROFILE", "AWS_DEFAULT_PROFILE");
}

char *
aws_region(const struct call *call, struct error *e)
{
	ERROR_AUTO struct error none = { 0 };
	struct strv argv = { 0 };
	const char *set = either("AWS_REGION", "AWS_DEFAULT_REGION");
	char *region;

	if (set != NULL)
		return mem_dup(set);
	aws_argv(&argv, "configure", "get", "region", (char *)NULL);
	region = aws_ask(call, strv_argv(&argv), &none);
	strv_clear(&argv);
	if (region != NULL && *region != '\0')
		return region;
	free(region);
	error_set(e, "no AWS region: set AWS_REGION, or the profile's region "
	    "(aws configure)");
	return NULL;
}
