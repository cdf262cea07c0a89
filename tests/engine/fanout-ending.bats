#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What is started in many containers is ended in all of them: signals, a reader that goes away, dexec killed outright.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

# Children that leave their session and their parent, and wait for ever; and where they ignore what they can.
TREE='sleep 1000001 & setsid sleep 1000002 & (sleep 1000003 &); (setsid sh -c "sleep 1000004 & sleep 1000005" &);'
STUBBORN='trap "" INT TERM HUP PIPE;'

setup_file() {
	engine_tests || return 0
	local i
	fleet F 10 dexec-busybox:1
	for ((i = 1; i <= 10; i++)); do
		# Somebody else's, which are to stay.
		docker exec -d "$F$i" sh -c "$TREE wait"
	done
	for ((i = 1; i <= 10; i++)); do
		until_true "the others in $F$i" others_in "$F$i"
	done
}

others_in() {
	[ "$(processes "$1" | grep -Ec '^[0-9]+ +sleep 100000.$')" = 5 ]
}

teardown_file() {
	remove_containers
}

setup() {
	local i
	scratch
	for ((i = 1; i <= 10; i++)); do
		census "$F$i"
	done
}

teardown() {
	end_started
}

# trees OPTIONS SCRIPT: in all of them, in the background; and N of them are ready.
trees() {
	# shellcheck disable=SC2086 # words
	start trees dexec $2 "${F}*" sh -c "$3"
	until_true "$1 to be ready" ready "$1"
}

ready() {
	[ "$(grep -c ': ready$' "$T/trees.out")" = "$1" ]
}

nothing_left_anywhere() {
	local i
	for ((i = 1; i <= 10; i++)); do
		nothing_left "$F$i"
	done
}

@test "Ctrl-C: all get it, no more are started, and we die by it" {
	trees 4 '-j 4' 'trap "echo got INT; exit 0" INT; echo ready; sleep 1000000 & wait'
	kill -s INT "$pid"
	finish trees
	ends "signal 2"
	[ "$(grep -c ': got INT$' "$out")" = 4 ]
	[ "$(sort -V "$out" | head -n 2)" = "${F}1: got INT
${F}1: ready" ]
	grep -q '^dexec: Interrupt: ending 4, starting no more$' "$err"
	[ "$(tail -n 1 "$err")" = "dexec: 4 ok, 6 not started" ]
	nothing_left_anywhere
}

@test "Ctrl-C: whole trees are ended, in all of them" {
	trees 10 '-j 10' "$TREE echo ready; wait"
	kill -s INT "$pid"
	finish trees
	ends "signal 2"
	nothing_left_anywhere
}

@test "Ctrl-C again, where it is ignored" {
	trees 10 '-j 10' "$STUBBORN $TREE echo ready; while :; do sleep 1000000; done"
	insist INT trees
	ends "signal 2"
	nothing_left_anywhere
}

@test "TERM and HUP: the same" {
	trees 4 '-j 4' "$TREE echo ready; wait"
	kill -s TERM "$pid"
	finish trees
	ends "signal 15"
	nothing_left_anywhere
	trees 4 '-j 4' "$TREE echo ready; wait"
	kill -s HUP "$pid"
	finish trees
	ends "signal 1"
	nothing_left_anywhere
}

@test "ignored TERM: KILL after the grace" {
	trees 10 '-j 10 --kill-after 0.5' "$STUBBORN $TREE echo ready; while :; do sleep 1000000; done"
	kill -s TERM "$pid"
	finish trees
	ends "signal 15"
	nothing_left_anywhere
}

@test "Ctrl-C while retries wait: over at once" {
	container GONE dexec-busybox:1
	docker kill "$GONE" >/dev/null
	start waits dexec -v --retries 1000 "$GONE,${F}1" true
	until_text waits.err "$(docker inspect --format '{{.ID}}' "$GONE") true"
	kill -s INT "$pid"
	finish waits
	ends "signal 2"
	within 3000
}

@test "Ctrl-C while docker ps is being asked: over at once, and by it" {
	printf '#!/bin/sh\necho "$$" >"%s"\nexec sleep 1000000\n' "$T/asked" >docker
	chmod +x docker
	start asks dexec --docker ./docker "${F}*" true
	until_true "the question" test -s asked
	kill -s INT "$pid"
	finish asks
	ends "signal 2"
	until_true "docker to be gone" test ! -e "/proc/$(<asked)"
}

@test "killed outright: the guard ends the trees of all" {
	trees 10 '-j 10' "$TREE echo ready; wait"
	until_true "the guard" has_guard "$pid"
	kill -s KILL "$pid"
	finish trees
	ends "signal 9"
	until_true "all to be ended" all_ended
	nothing_left_anywhere
}

# all_ended: the guard may need a while for ten, with others beside it.
all_ended() {
	local i
	for ((i = 1; i <= 10; i++)); do
		processes "$F$i" | cmp -s - "$T/census.$F$i" || return 1
	done
}

@test "--timeout: all trees at once" {
	go dexec -j 10 --timeout 2 "${F}*" sh -c "$TREE wait"
	ends "exit 124"
	[ "$(tail -n 1 "$err")" = "dexec: 10 failed: ${F}[1-10] (timed out)" ]
	nothing_left_anywhere
}

@test "a command that ends by itself: what it left behind was meant to stay" {
	local i
	go dexec -j 10 "${F}*" sh -c 'sleep 1000020 >/dev/null 2>&1 & echo ready'
	ends "exit 0"
	for ((i = 1; i <= 10; i++)); do
		more_than "$F$i" 1
		kill_inside "$F$i" 'sleep 1000020'
	done
	nothing_left_anywhere
}

# ---- readers

# headed SCRIPT OPTION...: | head -n 1
headed() {
	local script=$1 line
	shift
	line=$("$HERE/status.py" "$T/go" "$DEXEC" "$@" "${F}*" sh -c "$script" 2>err 3>&- | head -n 1)
	ended=$(<go.status) out=/dev/null err=$T/err
	[ -n "$line" ]
	ends "signal 13"
	nothing_left_anywhere
}

@test "a reader that goes away: all are ended, those that print and those that do not" {
	headed "$TREE if [ \$((DEXEC_INDEX % 2)) = 0 ]; then yes; else wait; fi" -j 10
	silent_stderr
}

@test "... and no more are started" {
	headed "$TREE yes" -j 2
	silent_stderr
}

@test "... the same with whole outputs" {
	headed "[ \$DEXEC_INDEX != 1 ] || exec seq 1 100000; $TREE wait" -j 10 --group
	headed "[ \$DEXEC_INDEX != 1 ] || exec seq 1 100000; $TREE wait" -j 10 --json
}

@test "a full device: all are ended, 125" {
	start full bash -c 'exec "$1" -j 10 "$2" sh -c "$3" >/dev/full' bash "$DEXEC" "${F}*" "$TREE echo there; wait"
	finish full
	ends "exit 125"
	grep -qx 'dexec: cannot write the output: No space left on device' "$err"
	nothing_left_anywhere
	start full bash -c 'exec "$1" -j 10 "$2" sh -c "$3" 2>/dev/full' bash "$DEXEC" "${F}*" "$TREE echo there >&2; wait"
	finish full
	ends "exit 125"
	nothing_left_anywhere
}

@test "a full device: whole outputs as well" {
	local mode
	for mode in --group -k --gather --json; do
		go bash -c '"$1" "$2" "$3" echo there >/dev/full' bash "$DEXEC" "$mode" "${F}*"
		ends "exit 125"
		grep -q 'No space left on device' "$err"
	done
	go bash -c '"$1" --outdir made "$2" echo there >/dev/full' bash "$DEXEC" "${F}[12]"
	ends "exit 0"
}

@test "stdout that is closed from the start: an error where there is something to print" {
	go bash -c '"$1" "$2" echo there >&-' bash "$DEXEC" "${F}[12]"
	ends "exit 125"
	go bash -c '"$1" "$2" true >&-' bash "$DEXEC" "${F}[12]"
	ends "exit 0"
	go bash -c '"$1" "$2" true <&- 2>&-' bash "$DEXEC" "${F}[12]"
	ends "exit 0"
}
