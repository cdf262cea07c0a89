/* SPDX-License-Identifier: ISC */
#include "container/exec.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/say.h"
#include "base/text.h"
#include "container/verdict.h"
#include "run/batch.h"
#include "run/spawn.h"

#define STUCK_MS	1000	/* nobody reads what a dead command has left */
#define SIZE_MS		1000

void
outcome_clear(struct outcome *o)
{
	free(o->message);
	memset(o, 0, sizeof(*o));
}

static struct verdict_facts
facts(const struct exec *x)
{
	return (struct verdict_facts){
		.wait_status = x->wait_status,
		.finding = x->diagnosis.finding.kind,
		.ending = &x->ending,
		.terminal_shared = x->streams.shared || x->lent,
		.output_lost = x->output_lost,
	};
}

/* What went wrong with our own streams, where something did. */
static void
describe_broken_stream(struct exec *x)
{
	if (x->streams.buffered)
		x->outcome.message = mem_printf(
		    "cannot write the temporary file in %s: %s",
		    file_temporary_directory(), strerror(x->broken_cause));
	else
		x->outcome.message = mem_printf("cannot write standard %s: %s",
		    x->broken_stream == STDERR_FILENO ? "error" : "output",
		    strerror(x->broken_cause));
}

static void
describe(struct exec *x)
{
	const struct ending *en = &x->ending;
	struct finding *found = &x->diagnosis.finding;
	MEM_AUTO char *target = NULL;

	x->outcome.finding = found->kind;
	x->outcome.stopped = found->stopped;
	if (en->cause == ENDING_WRITE_ERROR) {
		describe_broken_stream(x);
	} else if (en->trouble != NULL) {
		x->outcome.message = mem_dup(en->trouble);
	} else if (en->cause == ENDING_TIMEOUT) {
		target = plan_shown(x->request->plan);
		say_note(&x->say, "%s: timed out", target);
	} else {
		x->outcome.message = found->message;
		found->message = NULL;
	}
}

static void
finish(void *arg)
{
	struct exec *x = arg;
	struct verdict_facts f = facts(x);

	if (x->diagnosis.finding.kind == FINDING_COMMAND)
		streams_release(&x->streams);
	describe(x);
	verdict(&f, &x->outcome);
	if (x->streams.shared)
		tty_restore(&x->tty);
	spinner_clear(&x->spinner);
	guarded_end(&x->guarded);
	if (x->diagnosis.finding.kind == FINDING_COMMAND)
		client_over(&x->client);
	x->finished(x->arg);
}

static void
diagnose(void *arg)
{
	struct exec *x = arg;
	struct verdict_facts f = facts(x);
	struct evidence evidence = {
		.wait_status = x->wait_status,
		.out = buf_text(&x->streams.out.held),
		.err = buf_text(&x->streams.err.held),
		.more_out = x->streams.out.delivered,
		.more_err = x->streams.err.delivered,
		.direct = x->streams.direct,
		.lost = x->client.lost,
		.begun = x->begun,
	};

	if (x->request->plan->client == NULL && verdict_needs_diagnosis(&f))
		diagnose_start(&x->diagnosis, x->loop, x->request->plan,
		    &x->say, &evidence, finish, x);
	else
		finish(x);
}

/* The client is gone and all it has said is delivered. */
static void
check_end(void *arg)
{
	struct exec *x = arg;

	if (!x->client_ended || x->finished_reported ||
	    !streams_ended(&x->streams))
		return;
	x->finished_reported = true;
	guarded_rest(&x->guarded);
	loop_cancel(x->loop, &x->stuck_timer);
	tty_take_back(&x->tty);
	ending_finish(&x->ending, WIFSIGNALED(x->wait_status), diagnose, x);
}

/*
 * The client, in the background, wants to ask something at the terminal (ssh
 * a passphrase, for an engine behind ssh://): lend it until something comes of
 * it.
 */
static void
client_stopped(void *arg, int signo)
{
	struct exec *x = arg;

	if (signo != SIGTTIN && signo != SIGTTOU)
		return;
	/* It reads the answer to what it has asked, in our line. */
	if (signo == SIGTTIN)
		spinner_leave(&x->spinner);
	else
		spinner_pause(&x->spinner);
	if (tty_lend(&x->tty, x->client.pid))
		x->lent = true;
	if (x->lent)
		kill(-x->client.pid, SIGCONT);
}

static void carry(struct exec *x);

static void
client_ended(void *arg, int wait_status)
{
	struct exec *x = arg;

	if (!x->carried)
		carry(x);
	x->wait_status = wait_status;
	x->client_ended = true;
	loop_cancel(x->loop, &x->timeout);
	loop_cancel(x->loop, &x->size_timer);
	ending_client_ended(&x->ending);
	ending_not_swept(&x->ending);
	streams_drain(&x->streams);
	/* Killed because nothing else helped: perhaps nobody reads at all. */
	if (x->ending.trouble != NULL)
		streams_abandon(&x->streams);
	check_end(x);
}

static void
before_terminal(void *arg)
{
	struct exec *x = arg;

	spinner_pause(&x->spinner);
	tty_take_back(&x->tty);
}

/* An unfinished line is the command's, not ours to draw over. */
static void
after_terminal(void *arg)
{
	struct exec *x = arg;

	if (x->streams.out.at_line_start && x->streams.err.at_line_start)
		spinner_resume(&x->spinner);
}

static void
broken(void *arg, const struct relay *relay, int cause)
{
	struct exec *x = arg;

	/* Closed when we came: nobody asked for messages. */
	if (relay->stream == STDERR_FILENO && cause == EBADF)
		return;
	tty_take_back(&x->tty);
	x->broken_stream = relay->stream;
	x->broken_cause = cause;
	if (cause == EPIPE && !x->streams.buffered)
		ending_by_broken_pipe(&x->ending);
	else
		ending_by_write_error(&x->ending);
}

static void
timed_out(void *arg)
{
	struct exec *x = arg;

	tty_take_back(&x->tty);
	ending_by_timeout(&x->ending);
}

static void
give_up_output(struct exec *x)
{
	x->output_lost = true;
	streams_abandon(&x->streams);
}

/*
 * The command is dead, but docker cannot end because its output goes nowhere.
 * A slow reader is waited for, one that does not read is not.
 */
static void
stuck(void *arg)
{
	struct exec *x = arg;
	unsigned long now = streams_progress(&x->streams);

	if (now == x->progress)
		give_up_output(x);
	else
		loop_after(x->loop, &x->stuck_timer, STUCK_MS);
	x->progress = now;
}

static void
all_dead(void *arg)
{
	struct exec *x = arg;

	x->progress = streams_progress(&x->streams);
	if (!x->stuck_timer.active)
		loop_after(x->loop, &x->stuck_timer, STUCK_MS);
}

/*
 * docker tells the engine how large the terminal is while the command is being
 * started, ten times in half a second at most, and then not before that changes
 * (docker/cli, exec's resize).  An engine that took longer is told now.
 */
static void
tell_size(void *arg)
{
	struct exec *x = arg;

	client_signal(&x->client, SIGWINCH);
}

static void
init_timers(struct exec *x)
{
	x->timeout.fire = timed_out;
	x->stuck_timer.fire = stuck;
	x->size_timer.fire = tell_size;
	x->timeout.arg = x->stuck_timer.arg = x->size_timer.arg = x;
}

static void
signal_client(void *arg, int signo)
{
	struct exec *x = arg;

	client_signal(&x->client, signo);
}

static bool
sweep_by_client(void *arg, int signo, enum reap_mode mode)
{
	struct exec *x = arg;

	return client_sweep(&x->client, signo, mode);
}

static void
start_spinner(struct exec *x)
{
	MEM_AUTO char *label = NULL;

	if (!x->request->spinner || x->streams.direct ||
	    x->request->plan->options->tty || !spinner_possible(STDERR_FILENO))
		return;
	label = plan_label(x->request->plan);
	spinner_start(&x->spinner, x->loop, STDERR_FILENO, label,
	    x->request->color);
}

static void
bulk_flows(void *arg)
{
	batch_process(((struct exec *)arg)->client.pid);
}

static void
carry(struct exec *x)
{
	struct relay_hooks hooks = { .before_write = before_terminal,
	    .after_write = after_terminal, .broken = broken,
	    .bulk = bulk_flows, .ended = check_end, .arg = x };

	x->carried = true;
	streams_carry(&x->streams, x->loop, x->client.warm, &hooks);
}

/* A keeper of a connection is its own guard. */
static void
client_began(void *arg)
{
	const struct exec_request *r = ((struct exec *)arg)->request;
	struct exec *x = arg;

	carry(x);
	if (x->client.warm)
		return;
	guarded_begin(&x->guarded, x->loop, r->plan, r->guard, r->which,
	    x->client.pid);
	ending_not_swept(&x->ending);
}

static void
client_swept(void *arg, int hit, int left)
{
	struct exec *x = arg;

	ending_swept(&x->ending, hit, left);
}

/* The connection has not run it, and docker cannot be started either. */
static void
client_failed(void *arg, struct error *e)
{
	struct exec *x = arg;

	outcome_clear(&x->outcome);
	x->outcome = (struct outcome){ .kind = OUTCOME_STATUS,
	    .value = e->status, .finding = FINDING_ENGINE,
	    .message = mem_dup(e->text) };
	error_clear(e);
	x->finished_reported = true;
	loop_cancel(x->loop, &x->timeout);
	loop_cancel(x->loop, &x->size_timer);
	spinner_clear(&x->spinner);
	x->finished(x->arg);
}

static int
start_client(struct exec *x, struct error *e)
{
	struct client_hooks hooks = { .began = client_began,
	    .stopped = client_stopped, .swept = client_swept,
	    .ended = client_ended, .failed = client_failed, .arg = x };

	ending_client_started(&x->ending);
	return client_start(&x->client, x->streams.child, !x->streams.shared,
	    x->streams.direct, &hooks, e);
}

/* A message of ours gets the line to itself. */
static void
say_line(void *arg, const char *text)
{
	struct exec *x = arg;

	before_terminal(x);
	x->request->say->line(x->request->say->arg, text);
	after_terminal(x);
}

int
exec_start(struct exec *x, struct loop *loop, const struct exec_request *r,
    void (*finished)(void *arg), void *arg, struct error *e)
{
	struct ending_hooks hooks = { .signal = signal_client,
	    .sweep = sweep_by_client, .all_dead = all_dead, .arg = x };

	memset(x, 0, sizeof(*x));
	x->request = r;
	x->loop = loop;
	x->finished = finished;
	x->arg = arg;
	x->begun = clock_now();
	if (r->routes.beside)
		x->tty.fd = -1;
	else
		tty_note(&x->tty);
	x->say = *r->say;
	x->say.line = r->say->line != NULL ? say_line : NULL;
	x->say.arg = x;
	ending_init(&x->ending, loop, r->plan, &x->say, &hooks, r->kill_after);
	client_connect(&x->client, loop, r->plan, r->warm, &x->say);
	init_timers(x);
	if (streams_open(&x->streams, r->plan, &r->routes, x->client.warm,
	    e) == -1 || start_client(x, e) == -1)
		return -1;
	start_spinner(x);
	if (r->timeout > 0)
		loop_after(loop, &x->timeout, r->timeout);
	if (r->plan->options->tty)
		loop_after(loop, &x->size_timer, SIZE_MS);
	return 0;
}

void
exec_signal(struct exec *x, int signo)
{
	if (signo == SIGWINCH) {
		if (!x->streams.shared && !x->client_ended)
			client_signal(&x->client, SIGWINCH);
		return;
	}
	/* Not in the client's group when that may be killed. */
	tty_take_back(&x->tty);
	ending_by_signal(&x->ending, signo);
	/* All that is left to do is to wait for a reader: not any more. */
	if (x->client_ended && !streams_ended(&x->streams))
		give_up_output(x);
}

void
exec_broken_pipe(struct exec *x)
{
	ending_by_broken_pipe(&x->ending);
}

void
exec_pause(struct exec *x)
{
	spinner_pause(&x->spinner);
	tty_take_back(&x->tty);
}

void
exec_resume(struct exec *x)
{
	spinner_resume(&x->spinner);
}

void
exec_replay(struct exec *x)
{
	static const int to[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
	int stream;

	if (!x->streams.buffered ||
	    spool_replay(&x->streams.spool, to, &stream) == 0)
		return;
	if (errno == EPIPE) {
		x->outcome.kind = OUTCOME_SIGNAL;
		x->outcome.value = SIGPIPE;
		return;
	}
	free(x->outcome.message);
	x->outcome.message = mem_printf("cannot write the output: %s",
	    strerror(errno));
	x->outcome.kind = OUTCOME_STATUS;
	x->outcome.value = STATUS_FAILED;
}

void
exec_clear(struct exec *x)
{
	if (x->loop == NULL)
		return;
	streams_clear(&x->streams);
	client_clear(&x->client);
	spinner_clear(&x->spinner);
	ending_clear(&x->ending);
	diagnose_clear(&x->diagnosis);
	guarded_end(&x->guarded);
	outcome_clear(&x->outcome);
	x->loop = NULL;
}
