/* SPDX-License-Identifier: ISC */
#include "dockerutils/script.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "dockerutils/command.h"
#include "dockerutils/step.h"

/* A text with one of these is for a shell. */
#define FOR_A_SHELL	"|&;<>()$`"

static int
make_argv(struct strv *argv, const char *text, struct error *e)
{
	if (strpbrk(text, FOR_A_SHELL) == NULL)
		return words_split(argv, text, e);
	strv_push(argv, "sh");
	strv_push(argv, "-c");
	strv_push(argv, text);
	return 0;
}

int
script_run(struct call *call, const char *image, const char *key,
    const char *what, struct error *e)
{
	VALUE_AUTO struct value script = { 0 };
	struct strv argv = { 0 };
	int rc;

	if (call->choices.no_scripts)
		return 0;
	if (project_value(&call->project, image, key, &script, e) == -1)
		return -1;
	if (script.text == NULL || *script.text == '\0')
		return 0;
	rc = make_argv(&argv, script.text, e);
	if (rc == -1 || argv.n == 0) {
		project_blame(&call->project, &script, e);
	} else if (call->choices.print) {
		step_show(call, strv_argv(&argv));
	} else {
		printf("Running %s: \"%s\"\n", what, script.text);
		rc = step_run_quietly(call, strv_argv(&argv), e);
		if (rc == -1)
			project_blame(&call->project, &script, e);
	}
	strv_clear(&argv);
	return rc;
}
