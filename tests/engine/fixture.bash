# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# fixture.bash: what the tests on a real docker engine share. Loaded by each file, which then has
#
#   setup_file()     engine_tests || return 0; container BB dexec-busybox:1; ...; fleet F 10 dexec-busybox:1
#   teardown_file()  remove_containers
#   setup()          scratch
#   teardown()       end_started
#
# A test runs dexec by `go`, or by `start` and `finish` where it does something meanwhile, and says what must have come
# of it. From $top_srcdir nothing is needed: the files are found beside this one.
#
# $DEXEC is the program under test. Where that is instrumented (sanitizer, valgrind), figures for time are stretched,
# and those for memory mean nothing.
#
# With DEXEC_TEST_WARM=1 the same tests go through warm connections: to each container there is one before the tests
# begin, for each user that $WARM_USERS names ("0 1000"), by the container's name, and by its ID in files that have a
# fleet. Tests of what is
# docker's own affair bear the tag "cold", with the reason, and are filtered out then.

DEXEC=$(realpath "${DEXEC:-./dexec}")
HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# With DEXEC_TEST_INSIDE=1 commands are ended from inside their containers, by docker exec, as where the engine is not
# on this machine.
if [ "${DEXEC_TEST_INSIDE-}" = 1 ] && [ "${DEXEC##*/}" != inside ]; then
	export DEXEC_TEST_REAL=$DEXEC DEXEC=$HERE/inside
fi
LIMIT=20 # seconds; nothing that a test waits for takes that long, so it has failed
SLOW=''
if [ "$(head -c 4 "$DEXEC")" != $'\x7fELF' ] || grep -q __asan_init "$DEXEC"; then
	SLOW=1 LIMIT=60
fi
export STATUS_LIMIT=$((3 * LIMIT))

# Once a file: is there an engine?
engine_tests() {
	bats_require_minimum_version 1.5.0
	[ "${DEXEC_TEST_ENGINE-}" = 1 ] || return
	! is_warm || warm_file
}

# container VARIABLE IMAGE [DOCKER-RUN-OPTION...]: a container of a name that nobody else has, in $VARIABLE.
container() {
	local variable=$1 image=$2
	shift 2
	container_named "dexec-test-${variable,,}-$$-$RANDOM$RANDOM" "$image" "$@"
	export "$variable=$container_name"
	! is_warm || warm_up "$container_name" ${WARM_IDS:+"$(id_of "$container_name")"}
}

# container_named NAME IMAGE [DOCKER-RUN-OPTION...]: without a warm connection, in any case.
container_named() {
	container_name=$1
	docker run --detach --init --pull never --name "$1" "${@:3}" "$2" >/dev/null 3>&-
	echo "$1" >>"$BATS_FILE_TMPDIR/containers"
}

# fleet VARIABLE N IMAGE [DOCKER-RUN-OPTION...]: N containers whose names are a number, from 1, behind what $VARIABLE has.
fleet() {
	local variable=$1 n=$2 image=$3 i ids=()
	export "$variable=dexec-test-${variable,,}-$$-$RANDOM$RANDOM-" WARM_IDS=1
	for ((i = 1; i <= n; i++)); do
		container_named "${!variable}$i" "$image" "${@:4}"
		ids+=("$(id_of "$container_name")")
	done
	! is_warm || warm_up "${ids[@]}"
}

remove_containers() {
	local names
	[ -e "$BATS_FILE_TMPDIR/containers" ] || return 0
	mapfile -t names <"$BATS_FILE_TMPDIR/containers"
	# One that is paused cannot be removed by every engine.
	docker unpause "${names[@]}" >/dev/null 2>&1 || :
	docker rm --force "${names[@]}" >/dev/null 2>&1 || :
	until_true "the keepers to end, as their containers have" no_keeper
}

# Once a test: directories of its own, and nothing of the caller's settings. What belongs to a connection is the file's.
scratch() {
	local name
	engine_tests || skip "no docker engine: DEXEC_TEST_ENGINE is not 1"
	T=$BATS_TEST_TMPDIR
	mkdir -p "$T"/{home,config,runtime,tmp} && chmod 700 "$T/runtime"
	export XDG_CONFIG_HOME=$T/config TMPDIR=$T/tmp LC_ALL=C.UTF-8
	is_warm || export HOME=$T/home XDG_RUNTIME_DIR=$T/runtime
	for name in ${!DEXEC_@}; do
		case $name in DEXEC_TEST_* | DEXEC_ARCHIVE | DEXEC_LIBEXEC_DIR) ;; *) unset "$name" ;; esac
	done
	! is_warm || export DEXEC_WARM=1
	unset CDPATH CI NO_COLOR CLICOLOR_FORCE
	cd "$T" || return
	exec </dev/null
}

dexec() {
	"$DEXEC" "$@"
}

# by_shortcut: no engine stands between dexec and a command that is warm.
by_shortcut() {
	is_warm && sees_processes
}

# sees_processes: dexec sees what runs in the containers, among the processes of this machine.
sees_processes() {
	[ "$(id -u)" = 0 ] && [ "${DEXEC##*/}" != inside ]
}

# ---- warm connections

is_warm() {
	[ "${DEXEC_TEST_WARM-}" = 1 ]
}

# Where the keepers listen, and what they know docker by: the same for all tests of a file.
warm_file() {
	export HOME=$BATS_FILE_TMPDIR/home XDG_RUNTIME_DIR=$BATS_FILE_TMPDIR/runtime
	mkdir -p "$HOME" "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
}

# warm_up TARGET...: each has its keeper, all started at once. Where there are several, dexec names them by their ID.
warm_up() {
	local target user pid pids=()
	for target; do
		for user in '' ${WARM_USERS-}; do
			warm_start ${user:+-u "$user"} "$target" &
			pids+=($!)
		done
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

id_of() {
	docker inspect --format '{{.Id}}' "$1"
}

# warm_start [OPTION...] CONTAINER: when it returns, the connection serves.
warm_start() {
	timeout $((3 * LIMIT)) "$DEXEC" "$@" warm start 3>&-
}

# served CONTAINER: how many commands its connections have served so far, all users' together.
served() {
	timeout "$LIMIT" "$DEXEC" "$1" warm status 2>/dev/null 3>&- | awk 'NR > 1 { n += $5 } END { print n + 0 }'
}

# goes_warm N CONTAINER DEXEC-ARGS...: `go dexec`, by N commands through the connections of CONTAINER.
goes_warm() {
	local n=$1 container=$2 before now
	before=$(served "$container")
	go dexec "${@:3}"
	now=$(served "$container")
	[ $((now - before)) = "$n" ] || fail "$((now - before)) commands went warm, should be $n"
}

# keepers: of this file's tests, with the docker clients that they have, as process numbers.
keepers() {
	local file
	while read -r file; do
		is_keeper "${file%/environ}"
	done < <(grep -lszxF "XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR" /proc/[0-9]*/environ)
}

# is_keeper /proc/PID: prints PID when it is one, or belongs to one.
is_keeper() {
	local words
	words=$(tr '\0' ' ' 2>/dev/null <"$1/cmdline") || return 0
	case $words in
	*dexec-keeper* | "docker "*.dexec-* | "docker events "*) echo "${1#/proc/}" ;;
	esac
}

no_keeper() {
	[ -z "$(keepers)" ]
}

# ---- running

# go PROGRAM [ARGS...]: stdin is the caller's; then $ended, $T/out and $T/err tell. `go dexec` is the one under test.
go() {
	[ "$1" != dexec ] || set -- "$DEXEC" "${@:2}"
	"$HERE/status.py" "$T/go" "$@" >"$T/out" 2>"$T/err" 3>&-
	ended=$(<"$T/go.status") elapsed=$(<"$T/go.ms")
	out=$T/out err=$T/err
}

# start NAME PROGRAM [ARGS...]: the same in the background. $pid is its process, $T/NAME.out and .err its output.
start() {
	local name=$1
	shift
	[ "$1" != dexec ] || set -- "$DEXEC" "${@:2}"
	rm -f "$T/$name".{pid,status}
	"$HERE/status.py" "$T/$name" "$@" >"$T/$name.out" 2>"$T/$name.err" 3>&- &
	echo "$!" >>"$T/started"
	until_true "$name to start" test -e "$T/$name.pid"
	# shellcheck disable=SC2034 # the test's
	pid=$(<"$T/$name.pid")
}

# finish NAME: wait for its end; then as after `go`.
finish() {
	until_true "$1 to end" test -e "$T/$1.status"
	ended=$(<"$T/$1.status") elapsed=$(<"$T/$1.ms")
	out=$T/$1.out err=$T/$1.err
}

# insist SIGNAL NAME: send it to $pid until that has ended. One at a time: two that are under way at once are one.
insist() {
	until_true "$2 to end" one_more "$1" "$2"
	finish "$2"
}

one_more() {
	kill -s "$1" "$pid" 2>/dev/null || :
	sleep 0.2
	[ -e "$T/$2.status" ]
}

# At the end of a test: whatever it has left running.
end_started() {
	local file
	[ -n "${T-}" ] || return 0
	for file in "$T"/*.pid; do
		[ ! -e "$file" ] || [ -e "${file%.pid}.status" ] || kill -KILL "$(<"$file")" 2>/dev/null || :
	done
	[ ! -e "$T/started" ] || xargs kill <"$T/started" 2>/dev/null || :
}

# logging_docker: a docker that writes its words down, a line for each call; $logging is for --docker.
logging_docker() {
	logging=$T/docker
	printf '#!/bin/sh\necho "$*" >>"%s.log"\nexec docker "$@"\n' "$logging" >"$logging"
	chmod +x "$logging"
	: >"$logging.log"
}

# docker_calls: how many there were since.
docker_calls() {
	grep -c '' "$logging.log" || :
}

# ---- waiting

now_ms() {
	local t=${EPOCHREALTIME/[.,]/}
	echo "${t%???}"
}

# until_true WHAT COMMAND...: poll it; the test fails when it does not come true.
until_true() {
	local what=$1 end=$((SECONDS + LIMIT))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "waited $LIMIT s in vain for $what"
		sleep 0.02
	done
}

# until_text FILE TEXT
until_text() {
	until_true "'$2' in ${1##*/}" grep -qsF -e "$2" "$1"
}

# How long things take is measured by the benchmarks. Here a limit tells what is done at once from what waits for
# something else, on a machine that may be busy: it is held against a multiple.
PATIENCE=5
[ -z "$SLOW" ] || PATIENCE=15

# within MS: `go` or `finish` has taken no longer.
within() {
	in_time "$1" "$elapsed"
}

# in_time MS MEASURED
in_time() {
	[ "$2" -le $(($1 * PATIENCE)) ] || fail "took $2 ms, where $1 were expected"
}

# peak PID: the most memory that it has had, in KiB; nothing when it has ended.
peak() {
	sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB$/\1/p' "/proc/$1/status" 2>/dev/null || :
}

# carried PID: how much it has read and moved so far, or "gone".
carried() {
	sed -n 's/^[rw]char: //p' "/proc/$1/io" 2>/dev/null | tr '\n' ' ' || echo gone
}

# until_stalled PID: it carries nothing any more, as its reader takes nothing.
until_stalled() {
	local before='' now same=0 end=$((SECONDS + LIMIT))
	while [ $same -lt 5 ]; do
		[ $SECONDS -lt $end ] || fail "process $1 never stalls"
		now=$(carried "$1")
		[ "$now" = "$before" ] && [ "$now" != gone ] && same=$((same + 1)) || same=0
		before=$now
		sleep 0.1
	done
}

# at_most KIB PEAK
at_most() {
	[ -n "$SLOW" ] || [ "$2" -le "$1" ] || fail "$2 KiB of memory, more than $1"
}

# ---- judging

fail() {
	echo "$*" >&2
	show_output >&2
	return 1
}

show_output() {
	[ -n "${ended-}" ] || return 0
	echo "it ended by: $ended"
	echo "stdout: $(head -c 600 "$out" | cat -A)"
	echo "stderr: $(head -c 600 "$err" | cat -A)"
}

# ends "exit N" | "signal N"
ends() {
	[ "$ended" = "$1" ] || fail "should have ended by: $1"
}

# says TEXT: stdout is exactly these lines.
says() {
	printf '%s\n' "$1" | cmp -s - "$out" || fail "stdout should be: $1"
}

silent_stdout() {
	[ ! -s "$out" ] || fail "stdout should be empty"
}

silent_stderr() {
	[ ! -s "$err" ] || fail "stderr should be empty"
}

# complains [REGEX]: stderr is one line of ours, fit for a terminal, and matches.
complains() {
	[ "$(wc -l <"$err")" = 1 ] || fail "stderr should be one line"
	[ "$(head -c 7 "$err")" = "dexec: " ] || fail "stderr should begin with dexec:"
	! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' "$err" || fail "stderr has control characters"
	[ $# = 0 ] || grep -Eq -e "$1" "$err" || fail "stderr should match: $1"
}

# refuses STATUS REGEX: it could not be done: this status, nothing on stdout, one line on stderr.
refuses() {
	ends "exit $1"
	silent_stdout
	complains "$2"
}

# ---- processes in a container

# processes CONTAINER: those that live, one a line, by the engine's own view from outside: it needs nothing inside. The
# agent of a warm connection is not one of them: it is there or not, whatever the command.
processes() {
	docker top "$1" -eo pid,stat,args |
		awk 'NR > 1 && $2 !~ /^[ZX]/ && $3 !~ /^(\/dev)?\/\.dexec-/ { $2 = ""; print }' | sort
}

# agents CONTAINER: of how many warm connections it has one.
agents() {
	docker top "$1" -eo pid,args | awk '$2 ~ /^(\/dev)?\/\.dexec-/ { n++ } END { print n + 0 }'
}

# census CONTAINER: what runs there is meant to, and must be there again when the test is over.
census() {
	until_true "the last test's sweep to end" no_sweep "$1"
	processes "$1" >"$T/census.$1"
}

# What a guard has begun goes on for a moment when all that was to be ended has.
no_sweep() {
	! processes "$1" | grep -qF 'mark=DEXEC_ID='
}

# nothing_left CONTAINER: within a second the same processes live as at the census, none more and none less.
nothing_left() {
	local end
	end=$(($(now_ms) + 1000 * PATIENCE))
	while :; do
		processes "$1" >"$T/left"
		cmp -s "$T/census.$1" "$T/left" && return
		[ "$(now_ms)" -lt $end ] || break
	done
	diff "$T/census.$1" "$T/left" | cut -c1-200 | head -20 >&2
	fail "other processes in the container than before (< gone, > left)"
}

# more_than CONTAINER N: that many have come since the census.
more_than() {
	[ "$(processes "$1" | comm -13 "$T/census.$1" - | wc -l)" -ge "$2" ]
}

# has_guard PID: dexec has started the process that takes over when it is killed, in a session of its own. Where a
# command goes through a warm connection, with no docker of dexec's own, that is the keeper.
has_guard() {
	local child session
	! is_warm || children "$1" >/dev/null || return 0
	while read -r child; do
		read -r _ _ _ _ _ session _ 2>/dev/null <"/proc/$child/stat" || continue
		[ "$session" != "$child" ] || return 0
	done < <(children "$1")
	return 1
}

# kill_inside CONTAINER TEXT: those whose command line begins with TEXT, as nothing but a test would end them.
kill_inside() {
	# shellcheck disable=SC2016 # for the shell inside
	docker exec "$1" sh -c 'for file in /proc/[0-9]*; do
		[ "${file#/proc/}" != $$ ] || continue
		case $(tr "\0" " " 2>/dev/null <"$file/cmdline") in "$1"*) kill -KILL "${file#/proc/}" ;; esac
	done' sh "$2"
}

# children PID: its child processes, one a line, the oldest first.
children() {
	cat "/proc/$1/task"/*/children 2>/dev/null | tr -s ' ' '\n' | grep .
}
