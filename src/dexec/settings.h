/* SPDX-License-Identifier: ISC */
/*
 * dexec's own options: from the configuration file, the environment and the
 * command line, the later before the earlier.
 */
#ifndef DEXEC_SETTINGS_H
#define DEXEC_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"
#include "base/strv.h"

struct error;

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum wait_choice { WAIT_NO, WAIT_RUNNING, WAIT_HEALTHY };

/* What is done with several containers. */
struct many {
	struct strv exclude;
	int pick;		/* 0: all */
	int jobs;		/* 0: as suits the machine */
	bool no_prefix;
	bool group;
	bool keep_order;
	bool gather;
	bool diff;
	bool json;
	const char *outdir;
	int exit;		/* enum exit_policy */
	const char *halt;
	int retries;
	const char *joblog;
	bool resume_failed;
	const char *swarm_host;
	int64_t engine_timeout;	/* ms, 0: none */
};

struct settings {
	bool disable_stream;
	bool disable_spinner;
	const char *docker;
	const char *host;
	const char *context;
	int64_t timeout;	/* ms, 0: none */
	int64_t kill_after;	/* ms, 0: never */
	int wait;		/* enum wait_choice */
	int64_t wait_timeout;	/* ms, 0: none */
	bool no_reap;
	bool warm;
	int64_t warm_idle;	/* ms */
	bool print;
	bool verbose;
	bool quiet;
	int color;		/* enum color_choice */
	bool help;
	bool version;
	struct many many;
	struct strv groups;	/* "NAME=TARGET", of the configuration file */
	char *config;		/* the file's text, which fields point into */
};

extern const struct option_row settings_rows[];

/* Those for several containers; their target is a struct settings as well. */
extern const struct option_row many_rows[];

/* The defaults, and what file and environment say. */
int settings_load(struct settings *, struct error *);

/* Colour on FD: the option, else NO_COLOR, CLICOLOR_FORCE, CLICOLOR, a tty. */
bool settings_color(const struct settings *, int fd);

void settings_clear(struct settings *);

#endif
