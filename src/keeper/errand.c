/* SPDX-License-Identifier: ISC */
#include "keeper/errand.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "run/capture.h"

#define SHOWN	300	/* bytes of docker's words */

static void
done(void *arg)
{
	*(bool *)arg = true;
}

static int
complain(const struct capture *c, struct error *e)
{
	const char *text = buf_text(&c->err);
	MEM_AUTO char *line = NULL, *shown = NULL;

	if (c->timed_out)
		return error_set(e, "docker does not answer");
	text += strspn(text, "\r\n");
	line = mem_printf("%.*s", (int)strcspn(text, "\r\n"), text);
	shown = text_printable(line, SHOWN);
	return error_set(e, "%s", *shown != '\0' ? shown :
	    "docker failed and did not say why");
}

static int
run(const struct errands *errands, struct capture *c, const struct strv *argv,
    int64_t limit, struct error *e)
{
	bool over = false;

	if (capture_start(c, errands->loop, strv_argv(argv), limit, done,
	    &over, e) == -1)
		return -1;
	while (!over) {
		if (*errands->quit)
			return error_set(e, "told to end");
		if (loop_round(errands->loop, e) == -1)
			return -1;
	}
	return capture_succeeded(c) ? 0 : complain(c, e);
}

int
errand_run(const struct errands *errands, const struct strv *argv,
    int64_t limit, char **out, struct error *e)
{
	struct capture c = { 0 };
	int rc = run(errands, &c, argv, limit, e);

	if (rc == 0 && out != NULL)
		*out = mem_dup(buf_text(&c.out));
	capture_clear(&c);
	return rc;
}
