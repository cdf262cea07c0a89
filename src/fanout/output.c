/* SPDX-License-Identifier: ISC */
#include "fanout/output.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fanout/result.h"

/* Colours of names that stand side by side: those legible on any ground. */
static const char *const colors[] = { "36", "33", "32", "35", "34", "96", "93",
    "92", "95", "94" };

#define COLORS	(sizeof(colors) / sizeof(colors[0]))

static bool
is_kept(const struct output *o)
{
	return o->style.mode != OUTPUT_LINES && o->style.mode != OUTPUT_FILES;
}

static struct outlet *
outlet_of(struct output *o, int stream)
{
	return stream == STDERR_FILENO ? o->outlets.err : o->outlets.out;
}

static void
before_write(void *arg)
{
	struct output *o = arg;

	spinner_pause(&o->spinner);
}

static void
after_write(void *arg)
{
	struct output *o = arg;

	if (!o->ending)
		spinner_resume(&o->spinner);
}

static void
broken(void *arg, int cause)
{
	struct output *o = arg;

	if (o->broken == 0)
		o->broken = cause;
	o->changed(o->arg);
}

static void
drained(void *arg)
{
	struct output *o = arg;

	o->changed(o->arg);
}

static void
nothing(void *arg)
{
	(void)arg;
}

static void
nothing_more(void *arg, int cause)
{
	(void)arg;
	(void)cause;
}

static void
open_outlets(struct output *o)
{
	struct outlet_hooks hooks = { .before_write = before_write,
	    .after_write = after_write, .broken = broken,
	    .drained = drained, .arg = o };

	outlets_open(&o->outlets, o->loop, STDOUT_FILENO, STDERR_FILENO);
	o->outlets.out->hooks = o->outlets.err->hooks = hooks;
	lane_open(&o->messages, o->outlets.err, "");
	o->messages.ready = nothing;
	o->messages.broken = nothing_more;
}

int
output_open(struct output *o, struct loop *loop,
    const struct output_style *style, void (*changed)(void *arg), void *arg,
    struct error *e)
{
	memset(o, 0, sizeof(*o));
	o->style = *style;
	o->loop = loop;
	o->changed = changed;
	o->arg = arg;
	STAILQ_INIT(&o->waiting);
	if (style->mode == OUTPUT_FILES && mkdir(style->directory, 0777) == -1
	    && errno != EEXIST)
		return error_system(e, "cannot make the directory %s",
		    style->directory);
	open_outlets(o);
	if (style->progress && spinner_possible(STDERR_FILENO))
		spinner_start(&o->spinner, loop, STDERR_FILENO, "",
		    style->color[STDERR_FILENO]);
	return 0;
}

char *
output_prefix(const struct output *o, const struct printout *p, int stream)
{
	MEM_AUTO char *name = text_printable(p->result->name, 200);

	/* Whole outputs are bytes; side by side they are lines all the same. */
	if (!o->style.prefix)
		return is_kept(o) ? NULL : mem_dup("");
	if (o->style.color[stream])
		return mem_printf("\033[%sm%s:\033[m ",
		    colors[p->result->index % COLORS], name);
	return mem_printf("%s: ", name);
}

static void
open_lanes(struct output *o, struct printout *p)
{
	for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
		if (p->prefix[i] == NULL)
			p->prefix[i] = output_prefix(o, p, i);
		lane_clear(&p->lane[i]);
		lane_open(&p->lane[i], outlet_of(o, i), p->prefix[i]);
	}
	p->opened = true;
}

/* "context/name" is a file in a directory of its own. */
static int
open_file(struct output *o, struct printout *p, int stream, struct error *e)
{
	MEM_AUTO char *path = mem_printf("%s/%s.%s", o->style.directory,
	    p->result->name, stream == STDERR_FILENO ? "err" : "out");
	char *slash = strrchr(path, '/');

	*slash = '\0';
	mkdir(path, 0777);
	*slash = '/';
	file_close(&p->file[stream]);
	p->file[stream] = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0666);
	return p->file[stream] == -1 ?
	    error_system(e, "cannot write %s", path) : 0;
}

int
output_routes(struct output *o, struct printout *p, struct routes *routes,
    struct error *e)
{
	routes->beside = true;
	routes->buffered = is_kept(o);
	if (o->style.mode == OUTPUT_LINES)
		open_lanes(o, p);
	for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
		if (o->style.mode == OUTPUT_LINES)
			routes->lane[i] = &p->lane[i];
		if (o->style.mode != OUTPUT_FILES)
			continue;
		if (p->file[i] == 0)
			p->file[i] = -1;
		if (open_file(o, p, i, e) == -1)
			return -1;
		routes->fd[i] = p->file[i];
	}
	return 0;
}

void
output_line(struct output *o, const char *text)
{
	MEM_AUTO char *line = mem_printf("dexec: %s\n", text);

	lane_add(&o->messages, line, strlen(line));
}

void
output_progress(struct output *o, const char *label)
{
	spinner_label(&o->spinner, label);
}

void
output_pause(struct output *o)
{
	spinner_pause(&o->spinner);
}

void
output_resume(struct output *o)
{
	spinner_resume(&o->spinner);
}

void
printout_clear(struct printout *p)
{
	for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
		lane_clear(&p->lane[i]);
		free(p->prefix[i]);
		p->prefix[i] = NULL;
		if (p->file[i] > 0)
			file_close(&p->file[i]);
	}
}

void
output_close(struct output *o)
{
	if (o->loop == NULL)
		return;
	o->clearing = true;
	difference_clear(&o->difference);
	gather_reader_clear(&o->reader);
	gather_clear(&o->gather);
	json_clear(&o->json);
	spool_cursor_clear(&o->cursor);
	spinner_clear(&o->spinner);
	lane_clear(&o->messages);
	outlets_close(&o->outlets);
	memset(o, 0, sizeof(*o));
}
