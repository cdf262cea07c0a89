#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What we start, we end: signals, a timeout, a reader or a terminal that goes away, and dexec killed outright, for trees
# of processes that try to escape; and nobody else's process is touched.
#
# In each container the same family runs all the time without dexec, and has to be there unchanged after each test.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

# Children that leave their session, parent, environment or hang-ups behind, and one that ignores what it can.
FAMILY='
sleep 1000001 &
setsid sleep 1000002 &
nohup sleep 1000003 >/dev/null 2>&1 &
(sleep 1000004 &)
(setsid sleep 1000005 &)
(setsid sh -c "sleep 1000006 & sleep 1000007; :" &)
env -i sleep 1000008 &
env -i setsid sleep 1000009 &
(env -i sleep 1000011 &)
sh -c "trap \"\" INT TERM HUP PIPE; sleep 1000010; :" &
'
FAMILY_SIZE=12
CROWD='i=0; while [ $i -lt 200 ]; do sleep 1000200 & i=$((i+1)); done;'

setup_file() {
	engine_tests || return 0
	WARM_USERS="0 1000"
	container BB dexec-busybox:1
	container DEB dexec-debian:1
	container SCR dexec-scratch:1
	for name in "$BB" "$DEB"; do
		docker exec -d "$name" sh -c "$FAMILY echo ready; wait"
		docker exec -d -u 1000 "$name" sh -c "$FAMILY echo ready; wait"
	done
	docker exec -d "$SCR" /probe sleep 1000000
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	for name in "$BB" "$DEB" "$SCR"; do
		census "$name"
	done
}

teardown() {
	end_started
}

# everywhere FUNCTION [ARGS...]: called with CONTAINER USER SHELL behind ARGS, for each pair of image and user.
everywhere() {
	"$@" "$BB" 0 sh
	"$@" "$BB" 1000 sh
	"$@" "$DEB" 0 bash
	"$@" "$DEB" 1000 sh
}

# is_gone PID...: none of them lives any more.
is_gone() {
	local pid
	for pid; do
		[ ! -e "/proc/$pid" ] || grep -q '^State:[[:space:]]*[ZX]' "/proc/$pid/status" || return 1
	done
}

# ended_by_signal SIGNAL NUMBER SCRIPT CONTAINER USER SHELL
ended_by_signal() {
	local signal=$1 number=$2 script=$3 container=$4
	start tree dexec "$container" exec -u "$5" "$6" -c "$script echo ready; wait"
	until_text tree.out ready
	[ "$signal" != KILL ] || until_true "the guard" has_guard "$pid"
	kill -s "$signal" "$pid"
	finish tree
	ends "signal $number"
	says ready
	nothing_left "$container"
}

ended_by_timeout() {
	local script=$1 container=$2
	go dexec --timeout 3 "$container" exec -u "$3" "$4" -c "$script echo ready; wait"
	ends "exit 124"
	says ready
	complains "timed out"
	nothing_left "$container"
}

# ended_by_reader SCRIPT CONTAINER USER SHELL: the script goes on behind the first line.
ended_by_reader() {
	local script=$1 container=$2 line
	line=$("$HERE/status.py" "$T/go" "$DEXEC" "$container" exec -u "$3" "$4" -c "$script" 2>err 3>&- | head -n 1)
	ended=$(<go.status) out=/dev/null err=$T/err
	[ "$line" = ready ]
	ends "signal 13"
	silent_stderr
	nothing_left "$container"
}

# ended_by_terminal OPTIONS CONTAINER USER SHELL
ended_by_terminal() {
	local options=$1 container=$2
	# shellcheck disable=SC2086 # words
	"$HERE/closed_terminal.py" "$T/go" ready "$DEXEC" "$container" exec $options -u "$3" "$4" \
		-c "$FAMILY echo ready; wait" 2>err 3>&-
	ended=$(<go.status) out=$T/go.screen err=$T/err
	ends "signal 1"
	nothing_left "$container"
}

@test "INT ends the whole tree, and we die by it" {
	everywhere ended_by_signal INT 2 "$FAMILY"
}

@test "TERM ends the whole tree, and we die by it" {
	everywhere ended_by_signal TERM 15 "$FAMILY"
}

@test "HUP ends the whole tree, and we die by it" {
	everywhere ended_by_signal HUP 1 "$FAMILY"
}

@test "KILL to us: the guard ends the whole tree" {
	everywhere ended_by_signal KILL 9 "$FAMILY"
}

@test "a timeout ends the whole tree: 124" {
	everywhere ended_by_timeout "$FAMILY"
}

@test "| head -1 ends a tree that goes on writing" {
	everywhere ended_by_reader "$FAMILY echo ready; yes"
}

@test "| head -1 ends a tree that is silent after its first line" {
	everywhere ended_by_reader "$FAMILY echo ready; wait"
}

@test "the terminal closed ends the whole tree" {
	everywhere ended_by_terminal ""
}

@test "the terminal closed ends the whole tree that has it (-it)" {
	everywhere ended_by_terminal -it
}

@test "two hundred children: INT" {
	ended_by_signal INT 2 "$CROWD" "$BB" 0 sh
	ended_by_signal INT 2 "$CROWD" "$DEB" 1000 bash
}

@test "two hundred children: TERM, HUP" {
	ended_by_signal TERM 15 "$CROWD" "$BB" 1000 sh
	ended_by_signal HUP 1 "$CROWD" "$DEB" 0 sh
}

@test "two hundred children: KILL" {
	ended_by_signal KILL 9 "$CROWD" "$BB" 1000 sh
	ended_by_signal KILL 9 "$CROWD" "$DEB" 0 bash
}

@test "two hundred children: timeout" {
	ended_by_timeout "$CROWD" "$BB" 0 sh
	ended_by_timeout "$CROWD" "$DEB" 1000 sh
}

@test "two hundred children: | head -1" {
	ended_by_reader "$CROWD echo ready; yes" "$DEB" 0 sh
	ended_by_reader "$CROWD echo ready; wait" "$BB" 1000 sh
}

@test "a tree that goes on making children while it is ended" {
	local breeder='trap "" INT HUP; while :; do setsid sleep 1000300 & sleep 0.01; done'
	for signal in "INT 2" "TERM 15"; do
		start tree dexec "$BB" sh -c "(setsid sh -c '$breeder' &) ; echo ready; sleep 1000301"
		until_text tree.out ready
		kill -s "${signal% *}" "$pid"
		finish tree
		ends "signal ${signal#* }"
		nothing_left "$BB"
	done
}

@test "processes that have become another user's" {
	start tree dexec "$BB" exec sh -c 'su user -c "sleep 1000400 & sleep 1000401" & su user -c "setsid sleep 1000402" &
		echo ready; wait'
	until_text tree.out ready
	until_true "the other user's processes" more_than "$BB" 4
	kill -TERM "$pid"
	finish tree
	ends "signal 15"
	nothing_left "$BB"
}

# cold: when dexec is killed outright, an agent of another user cannot end what has become root (dexec(1), BUGS).
# bats test_tags=cold
@test "processes that have become root" {
	docker exec "$DEB" sh -c 'cp /usr/bin/setpriv /tmp/become && chmod 4755 /tmp/become'
	for signal in TERM KILL; do
		start tree dexec "$DEB" exec -u 1000 sh -c '/tmp/become --reuid=0 --regid=0 --clear-groups sleep 1000450 &
			/tmp/become --reuid=0 --regid=0 --clear-groups setsid sleep 1000451 & echo ready; wait'
		until_text tree.out ready
		until_true "root's processes" more_than "$DEB" 3
		[ $signal != KILL ] || until_true "the guard" has_guard "$pid"
		kill -s $signal "$pid"
		finish tree
		nothing_left "$DEB"
	done
}

@test "a stopped process is ended as well" {
	start tree dexec "$BB" sh -c 'sleep 1000500 & kill -STOP $!; echo ready; wait'
	until_text tree.out ready
	kill -TERM "$pid"
	finish tree
	ends "signal 15"
	nothing_left "$BB"
}

# ---- others

@test "the tree of another dexec in the same container survives" {
	local others
	start other dexec "$BB" sh -c "$FAMILY echo ready; wait"
	until_text other.out ready
	until_true "the other family" more_than "$BB" $FAMILY_SIZE
	others=$pid
	census "$BB"
	ended_by_signal INT 2 "$FAMILY" "$BB" 0 sh
	ended_by_signal KILL 9 "$FAMILY" "$BB" 0 sh
	ended_by_timeout "$FAMILY" "$BB" 0 sh
	kill -TERM "$others"
	finish other
	ends "signal 15"
}

@test "a daemon that was left on purpose survives our normal end, whatever the status" {
	for status in 0 3; do
		go dexec "$BB" sh -c "setsid sleep 100060$status </dev/null >/dev/null 2>&1 & exit $status"
		ends "exit $status"
	done
	until_true "two daemons" more_than "$BB" 2
	kill_inside "$BB" 'sleep 100060'
	nothing_left "$BB"
}

# ---- escalation

STUBBORN='trap "echo got INT" INT; trap "echo got TERM" TERM; trap "echo got HUP" HUP; echo ready;
	while :; do sleep 0.05; done'

@test "first INT: INT; second: TERM; third: KILL; we die as the command did" {
	start tree dexec "$BB" sh -c "$STUBBORN"
	until_text tree.out ready
	kill -INT "$pid"
	until_text tree.out "got INT"
	run ! grep -q TERM tree.out
	kill -INT "$pid"
	until_text tree.out "got TERM"
	kill -INT "$pid"
	finish tree
	ends "signal 9"
	nothing_left "$BB"
}

@test "the first TERM is TERM, the first HUP is HUP" {
	start tree dexec "$DEB" bash -c "$STUBBORN"
	until_text tree.out ready
	kill -TERM "$pid"
	until_text tree.out "got TERM"
	insist INT tree
	ends "signal 9"
	nothing_left "$DEB"
	start tree dexec "$BB" sh -c "$STUBBORN"
	until_text tree.out ready
	kill -HUP "$pid"
	until_text tree.out "got HUP"
	kill -TERM "$pid"
	until_text tree.out "got TERM"
	kill -TERM "$pid"
	finish tree
	ends "signal 9"
	nothing_left "$BB"
}

@test "output goes on after a signal, to the last byte" {
	go bash -c '"$1" "$2" sh -c "trap \"seq 20000; exit 4\" INT; echo ready; while :; do sleep 0.05; done" >"$3" & pid=$!
		until grep -q ready "$3"; do :; done; kill -INT $pid; wait $pid' bash "$DEXEC" "$BB" "$T/numbers"
	ends "exit 4"
	{ echo ready && seq 20000; } | cmp - numbers
}

@test "what a handler starts is not signalled itself: it may clean up" {
	for signal in INT TERM; do
		start tree dexec "$BB" sh -c \
			"trap 'sleep 0.3 && echo cleaned; exit 4' $signal; echo ready; while :; do sleep 0.05; done"
		until_text tree.out ready
		kill -s $signal "$pid"
		finish tree
		ends "exit 4"
		says $'ready\ncleaned'
		nothing_left "$BB"
	done
}

@test "--kill-after: KILL when the time is over" {
	start tree dexec --kill-after 0.5 "$BB" sh -c "$STUBBORN"
	until_text tree.out ready
	kill -INT "$pid"
	finish tree
	ends "signal 9"
	grep -q "got INT" "$out"
	nothing_left "$BB"
}

@test "--timeout with --kill-after: 137 when it took KILL, 124 when it did not" {
	go dexec --timeout 0.5 --kill-after 0.5 "$BB" sh -c "$STUBBORN"
	ends "exit 137"
	grep -q "got TERM" "$out"
	grep -q "timed out" "$err" # the shell, too, has something to say
	nothing_left "$BB"
	go dexec --timeout 0.5 --kill-after 20 "$BB" sh -c 'trap "exit 0" TERM; while :; do sleep 0.05; done'
	ends "exit 124"
	nothing_left "$BB"
}

@test "--timeout: a command that is faster keeps its status" {
	go dexec --timeout 20 "$BB" sh -c 'echo done; exit 5'
	ends "exit 5"
	says "done"
	silent_stderr
}

@test "--timeout: a command that is fed without end" {
	go dexec --timeout 1 "$BB" exec -i cat </dev/zero
	ends "exit 124"
	nothing_left "$BB"
}

@test "a command that handles INT and exits 3: 3; and 0 when it exits with 0" {
	for status in 3 0; do
		start tree dexec "$BB" sh -c "trap 'exit $status' INT; echo ready; while :; do sleep 0.05; done"
		until_text tree.out ready
		kill -INT "$pid"
		finish tree
		ends "exit $status"
		nothing_left "$BB"
	done
}

@test "a command that ignores INT and TERM goes on; the third ends it" {
	start tree dexec "$BB" sh -c 'trap "" INT TERM; echo ready; while :; do sleep 0.05; done'
	until_text tree.out ready
	insist INT tree
	ends "signal 9"
	nothing_left "$BB"
}

@test "a signal at any moment of the start leaves nothing" {
	for delay in 0 0.005 0.015 0.03 0.045 0.06 0.1; do
		start tree dexec "$BB" sh -c "$FAMILY wait"
		sleep "$delay" # not to wait for anything: the moment itself is what is tried
		kill -INT "$pid"
		finish tree
		ends "signal 2"
		nothing_left "$BB"
	done
}

# ---- us, killed

@test "killed as a group, as every harness does: the guard is out of reach, and ends the docker client as well" {
	start tree setsid "$DEXEC" "$BB" sh -c "$FAMILY echo ready; wait"
	until_text tree.out ready
	until_true "the guard" has_guard "$pid"
	mapfile -t ours < <(children "$pid")
	is_warm || [ ${#ours[@]} = 2 ]
	kill -KILL -- "-$pid"
	finish tree
	ends "signal 9"
	nothing_left "$BB"
	until_true "guard and client to end" is_gone "${ours[@]}"
}

@test "killed in buffered mode, with -i, and by a timeout(1) around us" {
	start tree dexec --disable_stream "$BB" exec -i sh -c "$FAMILY wait"
	until_true "the family" more_than "$BB" $FAMILY_SIZE
	until_true "the guard" has_guard "$pid"
	kill -KILL "$pid"
	finish tree
	nothing_left "$BB"
	go timeout --signal=KILL 1 "$DEXEC" "$BB" sh -c "$FAMILY echo ready; wait"
	says ready
	nothing_left "$BB"
	go timeout 1 "$DEXEC" "$BB" sh -c "$FAMILY echo ready; wait"
	ends "exit 124"
	nothing_left "$BB"
}

# cold: a keeper is the guard of all that it runs.
# bats test_tags=cold
@test "a short command has no guard, one that has ended leaves none" {
	docker exec "$BB" mkfifo /tmp/end
	start short dexec "$BB" true
	while kill -0 "$pid" 2>/dev/null; do
		! has_guard "$pid" || seen=1
	done
	finish short
	[ "$elapsed" -gt 450 ] || [ -z "${seen-}" ]
	start long dexec "$BB" sh -c 'echo ready; read -r _ </tmp/end'
	until_true "the guard" has_guard "$pid"
	mapfile -t ours < <(children "$pid")
	docker exec "$BB" sh -c 'echo >/tmp/end'
	finish long
	ends "exit 0"
	is_gone "${ours[@]}"
}

# cold: warm.bats does that to a connection.
# bats test_tags=cold
@test "the docker client killed by others: 125, one line, and nothing left" {
	start tree dexec "$BB" sh -c "$FAMILY echo ready; wait"
	until_text tree.out ready
	kill -KILL "$(children "$pid" | head -n 1)"
	finish tree
	ends "exit 125"
	complains "signal 9"
	nothing_left "$BB"
}

# ---- output that nobody takes

@test "the reader of stderr goes away" {
	"$HERE/status.py" "$T/go" "$DEXEC" "$BB" sh -c "$FAMILY echo ready >&2; yes >&2" 2>&1 >/dev/null 3>&- | head -n 1 >line
	ended=$(<go.status) out=/dev/null err=/dev/null
	[ "$(<line)" = ready ]
	ends "signal 13"
	nothing_left "$BB"
}

@test "a reader that leaves before the first byte" {
	"$HERE/status.py" "$T/go" "$DEXEC" "$BB" sh -c "$FAMILY sleep 0.2; yes" 2>err 3>&- | true
	ended=$(<go.status) out=/dev/null err=$T/err
	ends "signal 13"
	nothing_left "$BB"
}

@test "a command that ignores PIPE is ended by TERM, and one that ignores that by KILL" {
	ended_by_reader 'trap "" PIPE; echo ready; while :; do echo more; sleep 0.01; done 2>/dev/null' "$BB" 0 sh
	go bash -c '"$1" --kill-after 0.5 "$2" sh -c "trap \"\" PIPE TERM; echo ready; while :; do echo more; done 2>/dev/null" |
		head -n 1; exit ${PIPESTATUS[0]}' bash "$DEXEC" "$BB"
	ends "exit 141"
	says ready
	nothing_left "$BB"
}

# ---- --no-reap, and images without a shell

@test "--no-reap: INT ends us and the client, and the command is left alone" {
	start tree dexec --no-reap "$BB" sh -c 'echo ready; sleep 1000700; :'
	until_text tree.out ready
	run ! has_guard "$pid"
	kill -INT "$pid"
	finish tree
	ends "signal 2"
	more_than "$BB" 1
	kill_inside "$BB" 'sh -c echo ready; sleep 1000700'
	kill_inside "$BB" 'sleep 1000700'
	nothing_left "$BB"
}

# cold: an agent needs no shell.
# bats test_tags=cold
@test "no shell in the image: INT ends it from outside, or says why not" {
	start tree dexec "$SCR" /probe sleep 1000800
	until_true "the command" more_than "$SCR" 1
	kill -INT "$pid"
	finish tree
	run ! grep -qv '^dexec: ' "$err"
	if sees_processes; then
		ends "signal 2"
		silent_stderr
		nothing_left "$SCR"
	else # the engine's processes are root's
		ends "exit 125"
		grep -q "$SCR has no shell" "$err"
		grep -q "cannot end the command" "$err"
	fi
}

@test "no shell in the image: timeout, a reader that leaves, KILL to us" {
	sees_processes || return 0 # see above
	go dexec --timeout 0.5 "$SCR" /probe sleep 1000801
	ends "exit 124"
	nothing_left "$SCR"
	"$HERE/status.py" "$T/go" "$DEXEC" "$SCR" /probe out 1000000000 2>err 3>&- | head -c 1 >byte
	ended=$(<go.status)
	ends "signal 13"
	nothing_left "$SCR"
	start tree dexec "$SCR" /probe sleep 1000802
	until_true "the command" more_than "$SCR" 1
	until_true "the guard" has_guard "$pid"
	kill -KILL "$pid"
	finish tree
	nothing_left "$SCR"
}

# cold: the cookie is in docker's words.
# bats test_tags=cold
@test "who bears the cookie and is not in the container is left alone" {
	start tree dexec "$BB" sleep 1000803
	until_true "the command" more_than "$BB" 1
	until_true "docker" test -n "$(cookie_of "$pid")"
	DEXEC_ID=$(cookie_of "$pid") sleep 1000804 3>&- &
	bystander=$!
	until_true "the bystander" grep -qs DEXEC_ID= "/proc/$bystander/environ"
	kill -TERM "$pid"
	finish tree
	ends "signal 15"
	nothing_left "$BB"
	kill -KILL "$bystander"
	status=0
	wait "$bystander" || status=$?
	[ "$status" = 137 ]
}

# cookie_of PID: what the docker of that dexec gives to its command.
cookie_of() {
	tr '\0' '\n' <"/proc/$(pgrep -P "$1" -x docker)/cmdline" | sed -n 's/^DEXEC_ID=//p'
}
