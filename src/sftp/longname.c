/* SPDX-License-Identifier: ISC */
#include "sftp/longname.h"

#include <stdint.h>
#include <stdio.h>

#define DAY		(24 * 3600)
#define HALF_A_YEAR	(365 * DAY / 2)

static char
type_letter(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return 'd';
	case S_IFLNK:
		return 'l';
	case S_IFCHR:
		return 'c';
	case S_IFBLK:
		return 'b';
	case S_IFIFO:
		return 'p';
	case S_IFSOCK:
		return 's';
	default:
		return '-';
	}
}

/* SPECIAL are the letters of a special bit with and without an x, or NULL. */
static void
triple(char *at, mode_t bits, const char *special)
{
	at[0] = (bits & 4) != 0 ? 'r' : '-';
	at[1] = (bits & 2) != 0 ? 'w' : '-';
	at[2] = (bits & 1) != 0 ? 'x' : '-';
	if (special != NULL)
		at[2] = special[(bits & 1) != 0 ? 0 : 1];
}

static void
mode_text(char text[11], mode_t mode)
{
	text[0] = type_letter(mode);
	triple(text + 1, mode >> 6, (mode & S_ISUID) != 0 ? "sS" : NULL);
	triple(text + 4, mode >> 3, (mode & S_ISGID) != 0 ? "sS" : NULL);
	triple(text + 7, mode, (mode & S_ISVTX) != 0 ? "tT" : NULL);
	text[10] = '\0';
}

static int
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_of(int month, int year)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31 };

	return days[month] + (month == 1 && is_leap(year));
}

/* As ls has it, with the year where it is not of late. */
static void
time_text(char *text, size_t room, time_t t, time_t now)
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int year = 1970, month = 0, minutes;
	long day;

	if (t < 0 || t > UINT32_MAX)
		t = t < 0 ? 0 : UINT32_MAX;
	day = (long)(t / DAY);
	for (; day >= 365 + is_leap(year); year++)
		day -= 365 + is_leap(year);
	for (; day >= days_of(month, year); month++)
		day -= days_of(month, year);
	minutes = (int)(t % DAY / 60);
	if (t <= now && now - t < HALF_A_YEAR)
		snprintf(text, room, "%s %2ld %02d:%02d", months[month],
		    day + 1, minutes / 60, minutes % 60);
	else
		snprintf(text, room, "%s %2ld  %d", months[month], day + 1,
		    year);
}

void
longname(char *text, size_t room, const char *name, const struct stat *st,
    time_t now)
{
	char mode[11], when[32];

	mode_text(mode, st->st_mode);
	time_text(when, sizeof(when), st->st_mtime, now);
	snprintf(text, room, "%s %4lu %-8lu %-8lu %8lld %s %s", mode,
	    (unsigned long)st->st_nlink, (unsigned long)st->st_uid,
	    (unsigned long)st->st_gid, (long long)st->st_size, when, name);
}
