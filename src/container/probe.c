/* SPDX-License-Identifier: ISC */
#include "container/probe.h"

#include <stddef.h>

#include "base/strv.h"
#include "container/plan.h"

/* Can program $1 be started? */
#define CAN_START \
	"case $1 in */*) f=$1 ;; *) f= IFS=:\n" \
	"for d in $PATH; do [ -f \"$d/$1\" ] && [ -x \"$d/$1\" ] &&" \
	" f=$d/$1 && break; done ;; esac\n" \
	"[ -e \"$f\" ] || exit 127\n" \
	"[ -f \"$f\" ] && [ -x \"$f\" ] || exit 126\n" \
	"IFS='\t ' read -r m i x <\"$f\" 2>/dev/null\n" \
	"case $m in *ELF*) exit 0 ;; '#!') ;; '#!'*) i=${m#??} ;;\n" \
	"*) exit 126 ;; esac\n" \
	"[ -x \"$i\" ] || exit 127\n"

static void
probe_argv(const struct plan *p, char *const *command, struct strv *argv)
{
	struct exec_options options = *p->options;
	struct plan plan = *p;

	options.interactive = options.tty = options.detach = false;
	plan.options = &options;
	plan.command = command;
	plan.cookie = NULL;
	plan_argv(&plan, argv);
}

void
probe_nothing_argv(const struct plan *p, struct strv *argv)
{
	char nothing[] = "/dev/null";

	probe_argv(p, (char *const[]){ nothing, NULL }, argv);
}

void
probe_start_argv(const struct plan *p, struct strv *argv)
{
	char sh[] = "sh", option[] = "-c", script[] = CAN_START;

	probe_argv(p, (char *const[]){ sh, option, script, sh, p->command[0],
	    NULL }, argv);
}
