/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LONGEST_MS (100000.0 * 86400 * 1000)

int64_t
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const struct unit {
	const char *name;
	double ms;
} units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60 * 1000.0 },
	{ "h", 3600 * 1000.0 },
	{ "d", 86400 * 1000.0 },
};

/* The unit at *TEXT, which moves behind it; 0 when there is none such. */
static double
unit_ms(const char **text)
{
	size_t len = strspn(*text, "abcdefghijklmnopqrstuvwxyz");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) == len &&
		    strncmp(*text, units[i].name, len) == 0) {
			*text += len;
			return units[i].ms;
		}
	}
	return 0;
}

/* A plain decimal number, nothing that strtod takes beyond that. */
static int
number(const char **text, double *value)
{
	const char *s = *text;
	char *end;
	size_t len = strspn(s, "0123456789.");

	if (len == 0 || strspn(s, ".") == len)
		return -1;
	*value = strtod(s, &end);
	if ((size_t)(end - s) != len)
		return -1;
	*text = end;
	return 0;
}

int
clock_parse(const char *text, int64_t *ms)
{
	double total = 0, value, unit;
	int parts = 0;

	do {
		if (number(&text, &value) == -1)
			return -1;
		if (*text == '\0' && parts == 0)
			unit = 1000;
		else if ((unit = unit_ms(&text)) == 0)
			return -1;
		total += value * unit;
		parts++;
	} while (*text != '\0');
	if (total > LONGEST_MS)
		return -1;
	*ms = (int64_t)total;
	if (*ms == 0 && total > 0)
		*ms = 1;
	return 0;
}

/* "Z", "+02:00" or "-02:00", as ms to take off. */
static int
offset_ms(const char *text, int64_t *ms)
{
	static const char digits[] = "0123456789";
	int minutes;

	*ms = 0;
	if (strcmp(text, "Z") == 0)
		return 0;
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 ||
	    strspn(text + 1, digits) != 2 || text[3] != ':' ||
	    strspn(text + 4, digits) != 2)
		return -1;
	minutes = atoi(text + 1) * 60 + atoi(text + 4);
	*ms = (int64_t)minutes * (text[0] == '+' ? 60000 : -60000);
	return 0;
}

int
clock_parse_date(const char *text, int64_t *ms)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	double fraction = 0;
	int64_t offset;
	size_t len;

	if (rest == NULL)
		return -1;
	if (*rest == '.') {
		len = 1 + strspn(rest + 1, "0123456789");
		fraction = strtod(rest, NULL);
		rest += len;
	}
	if (offset_ms(rest, &offset) == -1)
		return -1;
	*ms = (int64_t)timegm(&tm) * 1000 + (int64_t)(fraction * 1000) - offset;
	return 0;
}
