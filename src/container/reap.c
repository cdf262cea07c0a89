/* SPDX-License-Identifier: ISC */
#include "container/reap.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/say.h"
#include "container/launch.h"
#include "sweep_script.h"

/* A docker exec takes some 70 ms, over a busy or far engine a second or two. */
#define LIMIT_MS	10000

#define MOST_DIGITS	9		/* of a count in a sweep's report */

static void start_pass(struct reap *r);

static const char *
signal_word(int signo)
{
	switch (signo) {
	case SIGINT:
		return "INT";
	case SIGHUP:
		return "HUP";
	case SIGQUIT:
		return "QUIT";
	case SIGPIPE:
		return "PIPE";
	case SIGKILL:
		return "KILL";
	default:
		return "TERM";
	}
}

/* A count at *TEXT, which moves behind it; -1 when there is none. */
static int
read_count(const char **text)
{
	size_t digits;
	int value;

	if (**text != ' ')
		return -1;
	digits = strspn(*text + 1, "0123456789");
	if (digits == 0 || digits > MOST_DIGITS)
		return -1;
	value = atoi(*text + 1);
	*text += 1 + digits;
	return value;
}

/* One WORD at *TEXT, "+PID.BIRTH" or "-PID.BIRTH"; NULL when it is not. */
static char *
read_word(const char **text)
{
	const char *word = *text + 1;
	size_t len, pid, birth;

	if (**text != ' ' || (*word != '+' && *word != '-'))
		return NULL;
	len = strcspn(word, " \r\n");
	pid = strspn(word + 1, "0123456789");
	if (pid == 0 || word[1 + pid] != '.')
		return NULL;
	birth = strspn(word + 2 + pid, "0123456789");
	if (birth == 0 || 2 + pid + birth != len)
		return NULL;
	*text = word + len;
	return mem_printf("%.*s", (int)len, word);
}

int
reap_parse(const char *text, struct reap_report *r)
{
	const char *at = strstr(text, "swept ");
	char *word;

	memset(r, 0, sizeof(*r));
	if (at == NULL)
		return -1;
	at += strlen("swept");
	if ((r->uid = read_count(&at)) == -1 ||
	    (r->hit = read_count(&at)) == -1 ||
	    (r->left = read_count(&at)) == -1 ||
	    (r->main_lives = read_count(&at)) == -1)
		return -1;
	while ((word = read_word(&at)) != NULL)
		strv_take(&r->words, word);
	if (*at == '\0' || *at == '\r' || *at == '\n')
		return 0;
	strv_clear(&r->words);
	return -1;
}

/* The container ended under us, which ends all that is in it. */
static bool
says_gone(const char *text)
{
	return strcasestr(text, "no such container") != NULL ||
	    strstr(text, "is not running") != NULL ||
	    strstr(text, "is restarting") != NULL ||
	    strstr(text, "stopped") != NULL;
}

static enum reap_problem
find_problem(const struct reap *r)
{
	const char *out = buf_text(&r->capture.out);
	const char *err = buf_text(&r->capture.err);

	if (strstr(err, "is paused") != NULL)
		return REAP_PAUSED;
	if (says_gone(err) || says_gone(out))
		return REAP_GONE;
	/* The container was killed while we swept. */
	if (WIFEXITED(r->capture.wait_status) &&
	    WEXITSTATUS(r->capture.wait_status) == 137)
		return REAP_GONE;
	if (strstr(out, "exec: \"sh\"") != NULL ||
	    strstr(err, "exec: \"sh\"") != NULL)
		return REAP_NO_SHELL;
	return REAP_FAILED;
}

static enum sweep_mode
outside_mode(enum reap_mode mode)
{
	return mode == REAP_SIGNAL ? SWEEP_SIGNAL :
	    mode == REAP_FOLLOW ? SWEEP_FOLLOW : SWEEP_FINISH;
}

static void
tell(const struct reap *r, const char *how)
{
	MEM_AUTO char *target = plan_shown(r->plan);

	if (r->say->verbose)
		say_note(r->say, "ending what runs in %s: signal %s%s%s",
		    target, signal_word(r->signo),
		    r->mode == REAP_FINISH ? ", then KILL" : "", how);
}

static void
start_outside(struct reap *r, enum sweep_mode mode, void (*done)(void *arg))
{
	outside_start(&r->outside, r->loop, r->plan, r->signo, mode, done, r);
}

static void
take_outside(struct reap *r)
{
	const struct sweep *s = &r->outside.sweep;

	tell(r, ", from outside");
	/* Those that KILL waits for are as good as dead. */
	r->problem = r->outside.frozen && r->asked != REAP_FINISH ?
	    REAP_PAUSED : REAP_FINE;
	r->hit = (int)s->hit;
	r->left = (int)s->left;
	r->main_lives = s->main_left;
}

static void
last_resort_done(void *arg)
{
	struct reap *r = arg;

	if (r->outside.found)
		take_outside(r);
	r->done(r->arg);
}

/* Without a shell; others than root find those of their own user. */
static void
start_last_resort(struct reap *r)
{
	MEM_AUTO char *target = plan_shown(r->plan);

	if (r->asked != REAP_FINISH)
		say_note(r->say, "%s has no shell to end the command with; "
		    "looking for it among this machine's processes", target);
	/* There the command itself may not be told from the rest. */
	start_outside(r, r->asked == REAP_FINISH ? SWEEP_FINISH : SWEEP_SIGNAL,
	    last_resort_done);
}

/* Another user's processes are left to root, who knows of ours by WORDS. */
static bool
needs_root(struct reap *r, struct reap_report *report)
{
	if (report->uid == 0 || r->as_root)
		return false;
	r->as_root = true;
	strv_clear(&r->words);
	r->words = report->words;
	memset(&report->words, 0, sizeof(report->words));
	if (r->mode == REAP_FOLLOW)
		r->mode = r->main_lives ? REAP_SIGNAL : REAP_FINISH;
	return true;
}

static void
pass_done(void *arg)
{
	struct reap *r = arg;
	struct reap_report report;

	if (reap_parse(buf_text(&r->capture.out), &report) == 0) {
		r->hit += report.hit;
		r->left = report.left;
		if (!r->as_root)
			r->main_lives = report.main_lives;
		if (needs_root(r, &report)) {
			start_pass(r);
			return;
		}
	} else if (!r->as_root) {
		r->problem = find_problem(r);
		if (r->problem == REAP_NO_SHELL) {
			start_last_resort(r);
			return;
		}
	}
	strv_clear(&report.words);
	r->done(r->arg);
}

/*
 * The engine may take its time to let go of a finished exec while another of
 * the same container is stuck with output that nobody reads.
 */
static bool
is_whole(const char *out)
{
	const char *at = strstr(out, "swept ");

	return at != NULL && strchr(at, '\n') != NULL;
}

static const char *
mode_word(enum reap_mode mode)
{
	return mode == REAP_SIGNAL ? "signal" :
	    mode == REAP_FOLLOW ? "follow" : "finish";
}

static void
start_pass(struct reap *r)
{
	const char *user = r->as_root ? "0" : r->plan->options->user;
	struct strv argv = { 0 };
	ERROR_AUTO struct error e = { 0 };

	plan_side_argv(r->plan, user, &argv);
	strv_push(&argv, "sh");
	strv_push(&argv, "-c");
	strv_push(&argv, SWEEP_SCRIPT);
	strv_push(&argv, "dexec-sweep");
	strv_push(&argv, r->plan->cookie);
	strv_push(&argv, signal_word(r->signo));
	strv_push(&argv, mode_word(r->mode));
	strv_pushv(&argv, strv_argv(&r->words));
	tell(r, r->as_root ? ", as root" : "");
	if (capture_start(&r->capture, r->loop, strv_argv(&argv), LIMIT_MS,
	    pass_done, r, &e) == -1) {
		r->problem = REAP_FAILED;
		r->done(r->arg);
	} else
		capture_until(&r->capture, is_whole);
	strv_clear(&argv);
}

static void
outside_done(void *arg)
{
	struct reap *r = arg;

	if (r->outside.found) {
		r->seen = true;
		take_outside(r);
	} else if (!r->seen || r->asked != REAP_FINISH) {
		start_pass(r);
		return;
	}
	r->done(r->arg);
}

void
reap_start(struct reap *r, struct loop *loop, const struct plan *plan,
    const struct say *say, int signo, enum reap_mode mode,
    void (*done)(void *arg), void *arg)
{
	bool seen = r->seen;

	reap_clear(r);
	r->seen = seen;
	r->loop = loop;
	r->plan = plan;
	r->say = say;
	r->signo = signo;
	r->mode = r->asked = mode;
	r->done = done;
	r->arg = arg;
	if (outside_possible())
		start_outside(r, outside_mode(r->asked), outside_done);
	else
		start_pass(r);
}

bool
reap_running(const struct reap *r)
{
	return r->capture.running || r->outside.running;
}

void
reap_clear(struct reap *r)
{
	outside_clear(&r->outside);
	capture_clear(&r->capture);
	strv_clear(&r->words);
	memset(r, 0, sizeof(*r));
}
