/* SPDX-License-Identifier: ISC */
#include "dockerutils/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "dockerutils/browser.h"
#include "dockerutils/notebook.h"
#include "dockerutils/record.h"
#include "dockerutils/ssh.h"
#include "dockerutils/step.h"
#include "dockerutils/tunnel.h"
#include "run/foreground.h"
#include "run/spawn.h"

static const struct option_row rows[] = {
	{ .letter = 'p', .name = "port", .kind = OPTION_NUMBER,
	    .offset = CHOICE(port), .value = "PORT", .least = 1,
	    .help = "the port, there and here (8888)" },
	{ .name = "no-browser", .kind = OPTION_BOOL,
	    .offset = CHOICE(no_browser),
	    .help = "do not open the notebook in a browser" },
	{ .name = NULL }
};

/*
 * Run there.  The token comes on standard input, so that it stands in nobody's
 * list of processes.  It is up when it answers, which jupyter itself can tell;
 * if we are gone by then, who reads that would have, it is ended again.
 */
#define START_JUPYTER \
	"umask 077; read -r JUPYTER_TOKEN; export JUPYTER_TOKEN; " \
	"up() { jupyter server list 2>/dev/null | grep -q \":$1/\"; }; " \
	"! up \"$1\" || { echo \"there is a Jupyter server on port $1 " \
	"already: jupyter server stop $1 ends it\" >&2; exit 1; }; " \
	"nohup jupyter lab --no-browser --ip=127.0.0.1 --port=\"$1\" " \
	"--ServerApp.port_retries=0 >\"$HOME/jupyter.out\" 2>&1 </dev/null & " \
	"p=$!; trap \"\" PIPE; while kill -0 $p 2>/dev/null; do " \
	"if up \"$1\"; then echo \"Jupyter is up\" 2>/dev/null && exit 0; " \
	"kill $p; exit 1; fi; sleep 1; done; cat \"$HOME/jupyter.out\" >&2; exit 1"

static char *
start_line(int port)
{
	struct buf line = { 0 };

	buf_add_text(&line, "exec sh -c ");
	text_quote(&line, START_JUPYTER);
	buf_addf(&line, " sh %d", port);
	return buf_steal(&line);
}

/*
 * Run ARGV, an ssh, with TEXT on its standard input.  Where a signal wants us
 * to end, call->signo is that, and ssh's own status for it is not told.
 */
static int
run_with_input(struct call *call, char *const *argv, const char *text,
    struct error *e)
{
	int ends[2] = { -1, -1 }, wait_status = 0, asked = 0, rc;
	struct spawn s = { .argv = argv, .fd = { -1, STDOUT_FILENO,
	    STDERR_FILENO } };

	if (file_pipe(ends, -1) == -1)
		return error_system(e, "cannot make a pipe");
	/* It is shorter than what a pipe holds. */
	rc = file_write(ends[1], text, strlen(text));
	file_close(&ends[1]);
	s.fd[0] = ends[0];
	if (rc == 0)
		rc = foreground_run_asked(&s, &wait_status, &asked, e);
	file_close(&ends[0]);
	if (rc == -1)
		return -1;
	rc = step_status(call, wait_status);
	if (asked == 0)
		return rc;
	call->signo = asked;
	return rc == 0 ? 0 : 128 + asked;
}

static int
start(struct call *call, const struct ssh *ssh, int port, const char *token,
    struct error *e)
{
	MEM_AUTO char *line = start_line(port);
	MEM_AUTO char *input = mem_printf("%s\n", token);
	struct strv argv = { 0 };
	int rc;

	ssh_argv(ssh, &argv, NULL, line);
	rc = run_with_input(call, strv_argv(&argv), input, e);
	strv_clear(&argv);
	return rc;
}

/* Nobody else knows its token, and the next one wants its port. */
static void
stop(struct call *call, const struct ssh *ssh, int port)
{
	MEM_AUTO char *line = mem_printf("exec jupyter server stop %d "
	    ">/dev/null", port);
	ERROR_AUTO struct error e = { 0 };
	struct strv argv = { 0 };
	int signo = call->signo;

	ssh_argv(ssh, &argv, NULL, line);
	if (step_run_deaf(call, strv_argv(&argv), &e) != 0)
		say_warning(&call->say, "Jupyter may go on there: jupyter "
		    "server stop %d ends it", port);
	call->signo = signo;
	strv_clear(&argv);
}

static void
show(const struct ssh *ssh, int port)
{
	MEM_AUTO char *line = start_line(port);
	MEM_AUTO char *first = NULL, *second = NULL;
	struct strv start = { 0 }, tunnel = { 0 };

	ssh_argv(ssh, &start, NULL, line);
	tunnel_argv(ssh, &tunnel, port);
	first = text_quote_argv(strv_argv(&start));
	second = text_quote_argv(strv_argv(&tunnel));
	printf("%s\n%s\n", first, second);
	strv_clear(&start);
	strv_clear(&tunnel);
}

static void
show_in_browser(const struct call *call, struct browser *browser, int port,
    const char *token)
{
	MEM_AUTO char *url = mem_printf(NOTEBOOK_URL "?token=%s", port,
	    NOTEBOOK_LAB, token);

	if (!call->choices.no_browser)
		browser_open(browser, url);
}

/* Jupyter is up there: reach it, until we are told to end. */
static int
hold(struct call *call, const struct ssh *ssh, int port, const char *token,
    struct error *e)
{
	struct tunnel tunnel = { 0 };
	struct browser browser = { 0 };
	int rc = tunnel_open(&tunnel, ssh, port, &call->signo, e);

	if (rc != 0)
		return rc;
	notebook_tell(call, port, NOTEBOOK_LAB, token);
	show_in_browser(call, &browser, port, token);
	rc = tunnel_hold(&tunnel, &call->signo, e);
	browser_close(&browser);
	return rc;
}

static int
open_notebook(struct call *call, const struct record *r, struct error *e)
{
	int port = call->choices.port > 0 ? call->choices.port : NOTEBOOK_PORT;
	MEM_AUTO char *token = notebook_token(e);
	SSH_AUTO struct ssh ssh = { 0 };
	int rc;

	if (token == NULL)
		return -1;
	ssh_make_dock(&ssh, r);
	if (call->choices.print) {
		show(&ssh, port);
		return 0;
	}
	if (tunnel_possible(port, e) == -1)
		return -1;
	printf("Starting Jupyter on %s\n", r->host);
	fflush(stdout);
	rc = start(call, &ssh, port, token, e);
	if (rc != 0)
		return rc;
	rc = call->signo == 0 ? hold(call, &ssh, port, token, e) :
	    128 + call->signo;
	/* What is worked on there outlives a connection that is lost. */
	if (rc == -1 || call->signo != 0)
		stop(call, &ssh, port);
	return rc;
}

const struct command command_nb_dock = {
	.name = "nb-dock",
	.synopsis = "[DOCK]",
	.summary = "start Jupyter Lab on a dock, and a tunnel to it",
	.help =
	    "Start Jupyter Lab on DOCK (without DOCK, the one that this shell\n"
	    "is docked to), bound to its loopback and with a token, and keep an\n"
	    "ssh tunnel to it until this command is interrupted, which ends\n"
	    "both; where the connection is lost, or this command is killed,\n"
	    "Jupyter goes on.  The token is $JUPYTER_TOKEN, or a new one.\n"
	    "Where there is a desktop, the notebook is opened in its browser.\n",
	.options = rows,
	.most = 1,
	.argument = ARGUMENT_DOCK,
	.on_dock = open_notebook,
};
