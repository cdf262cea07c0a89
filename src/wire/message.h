/* SPDX-License-Identifier: ISC */
/*
 * The messages of a warm connection; frames carry them (wire/frame.h).
 *
 *	dexec ──unix socket──▶ keeper ──docker exec -i──▶ agent ──▶ command
 *
 * Between dexec and the keeper a connection is one call, and its channel is 0.
 * Between keeper and agent a channel is one command; the keeper chooses its
 * number and uses it once.  Channel 0 there is the agent's own.
 *
 * The version is in HELLO and in the key of a CALL; another version is another
 * protocol, and nobody tries to speak it.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION	2

#define WIRE_DATA_MAX	(64 * 1024)		/* of one STDIN, STDOUT, STDERR */
#define WIRE_START_MAX	(4 * 1024 * 1024)	/* of one START, CALL */
#define WIRE_TEXT_MAX	4096			/* of anything else */

#define WIRE_NO_PIPE	UINT32_MAX

/* Bytes that may be on the way before a CREDIT, on each stream. */
#define WIRE_WINDOW_OUT	(512 * 1024)
#define WIRE_WINDOW_IN	(128 * 1024)

enum message {
	/*
	 * agent → keeper, first of all: u32 version, u32 pid, u32 uid, u32 in,
	 * u32 out, all as the container sees them.  The last two are
	 * descriptors of the agent's, of pipes that a SHORTCUT may take;
	 * WIRE_NO_PIPE: there are none.
	 */
	MESSAGE_HELLO = 1,

	/*
	 * dexec → keeper, first of all: u32 n, n bytes of key, a start
	 * (wire/start.h).  With it come, by SCM_RIGHTS, the ends of pipes that
	 * the keeper shall use: what to read for stdin if the start has
	 * START_STDIN, what to write stdout to, what to write stderr to unless
	 * it has START_TTY; none at all with START_DETACH.
	 */
	MESSAGE_CALL = 2,

	/* keeper → agent: a start.  STARTED or REFUSED answers. */
	MESSAGE_START = 3,

	/*
	 * keeper → dexec: it surely did not and will not run; a text says why.
	 * The keeper closes the connection behind it.
	 */
	MESSAGE_DECLINED = 4,

	/*
	 * keeper → dexec: from here on it may have run, whatever happens; sent
	 * before the first byte of START goes to the agent.
	 */
	MESSAGE_TAKEN = 5,

	/*
	 * Agent → keeper → dexec: it surely did not run; u32 errno (Linux's
	 * numbers) of what failed: ENOENT, EACCES and the like are about the
	 * program; EOPNOTSUPP: the agent cannot say or do what a docker exec
	 * would (a directory that it cannot enter, START_DETACH with a terminal
	 * or stdin, a program found by way of "." in PATH), so run it cold.
	 * Nothing follows on this channel.
	 */
	MESSAGE_REFUSED = 6,

	/*
	 * Agent → keeper → dexec: it runs; u32 pid, in the container.  With
	 * START_DETACH nothing follows on this channel.
	 */
	MESSAGE_STARTED = 7,

	/*
	 * Keeper → agent (STDIN), agent → keeper (the others): bytes of the
	 * stream, none: it has ended.  With START_TTY there is no STDERR.
	 */
	MESSAGE_STDIN = 8,
	MESSAGE_STDOUT = 9,
	MESSAGE_STDERR = 10,

	/*
	 * To a stream's sender: u8 stream (0, 1, 2), u32 n: another n bytes may
	 * be on the way.  A stream begins with WIRE_WINDOW_IN or _OUT.  May
	 * come when the stream has ended, and means nothing then.
	 */
	MESSAGE_CREDIT = 11,

	/* Agent → keeper: nobody reads the command's stdin any more. */
	MESSAGE_STDIN_CLOSED = 12,

	/*
	 * Dexec → keeper → agent: u8 signal, u8 mode (enum wire_sweep): send it
	 * to all of the command's processes.  SWEPT answers each, in order,
	 * when that is done: u32 hit: processes that got it, u32 left: of the
	 * tree alive afterwards, u8 main: the command itself is among those.
	 * After END a sweep is not answered.
	 */
	MESSAGE_SWEEP = 13,
	MESSAGE_SWEPT = 14,

	/* Dexec → keeper → agent: u16 rows, u16 columns; with START_TTY. */
	MESSAGE_WINSIZE = 15,

	/*
	 * Agent → keeper → dexec: the command has ended and all its output is
	 * delivered: u8 kind (0: exit, 1: signal), u8 status or signal number.
	 * Behind the SWEPTs that were due.  Nothing follows on this channel.
	 */
	MESSAGE_END = 16,

	/*
	 * Keeper → agent: nobody waits for it any more: end its tree by KILL.
	 * The agent sends nothing more but END, at the latest when the tree is
	 * gone; also as the answer to a START that it has not yet carried out
	 * (kind 1, signal KILL).
	 */
	MESSAGE_FORGET = 17,

	/*
	 * keeper → dexec, behind TAKEN: the connection into the container is
	 * lost and nobody knows how it goes on there; a text says why.
	 */
	MESSAGE_LOST = 18,

	/*
	 * dexec → keeper, instead of CALL, with no payload.  STATUS:
	 * one STATUS comes back, text of "NAME VALUE\n" lines: pid (the
	 * keeper's), version (of the protocol), container (its full ID),
	 * user (as given, or nothing), age_ms, idle_ms (0 while commands run),
	 * served, running, agent_pid, way (shortcut, or docker);
	 * STOP: take no more calls, and end when none is running; the
	 * connection is closed when the keeper has let go of its socket.
	 */
	MESSAGE_STATUS = 19,
	MESSAGE_STOP = 20,

	/*
	 * keeper → agent, before any START: from here on frames go through the
	 * two pipes of HELLO, both ways.  The agent says the same there, first
	 * of all.  The way that they came until now carries nothing any more
	 * but, by its end, the end of the connection.
	 */
	MESSAGE_SHORTCUT = 21,
};

enum wire_sweep {
	WIRE_SIGNAL = 0,	/* the signal, nothing behind it */
	WIRE_FOLLOW = 1,	/* when the command ends by it, end the rest */
	WIRE_FINISH = 2,	/* end everything, by KILL after 300 ms */
};

#define WIRE_EXIT	0	/* kinds of END */
#define WIRE_SIGNALED	1

/* How long a payload of that type may be; -1: there is no such type. */
int32_t message_limit(uint8_t type);

#endif
