#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The engine itself goes away, before and while a command runs: 125 and one line, within two seconds; or it hangs, and we
# can be ended all the same. The tests have an engine of their own to break.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	ENGINE=$(mktemp -d /var/tmp/dexec-lost.XXXXXX)/e
	export ENGINE
	DOCKER_HOST=$(engine start)
	export DOCKER_HOST
	unset DOCKER_CONTEXT
	engine images busybox
	C=breakable
	export C
	docker run --detach --init --name $C --restart unless-stopped dexec-busybox:1 >/dev/null 3>&-
}

teardown_file() {
	[ -z "${ENGINE-}" ] || engine stop
	[ -z "${ENGINE-}" ] || rmdir "${ENGINE%/e}"
}

# engine VERB [ARGS...]: root's affair
engine() {
	local sudo=() verb=$1
	shift
	[ "$(id -u)" = 0 ] || sudo=(sudo -n)
	case $verb in
	images) bash "$HERE/../lib/engine.sh" images "$@" ;;
	*) "${sudo[@]}" bash "$HERE/../lib/engine.sh" "$verb" "$ENGINE" "$@" 3>&- ;;
	esac
}

# engine_signal SIGNAL
engine_signal() {
	local sudo=()
	[ "$(id -u)" = 0 ] || sudo=(sudo -n)
	"${sudo[@]}" kill -s "$1" "$(<"$ENGINE/pid")"
}

setup() {
	scratch
	if ! engine status >/dev/null 2>&1; then
		engine restart >/dev/null
	fi
	until_true "the container" docker exec "$C" true
	! is_warm || warm_up "$C"
	start tree dexec "$C" sh -c 'echo ready; echo note >&2; while :; do sleep 0.05; done'
	until_text tree.out ready
	until_text tree.err note
}

teardown() {
	[ ! -e "$T/hangs" ] || engine_signal CONT
	end_started
}

# soon MS COMMAND...: it does not take longer
soon() {
	local since limit=$1
	shift
	since=$(now_ms)
	"$@"
	in_time "$limit" $(($(now_ms) - since))
}

# told REGEX: stdout and stderr are the command's, and there is one line more, of ours.
told() {
	says ready
	[ "$(head -n 1 "$err")" = note ]
	sed 1d "$err" >ours
	err=$T/ours complains "$1"
}

hang() {
	: >hangs
	engine_signal STOP
}

@test "the engine is killed in the middle: 125, and says that the command may be running still" {
	engine halt KILL
	soon 2000 finish tree
	ends "exit 125"
	told "$C.*(engine|stopped).*"
}

@test "the engine is stopped in the middle: 125, and says so" {
	engine halt TERM
	soon 2000 finish tree
	ends "exit 125"
	told "$C"
}

@test "the engine is restarted in the middle: 125" {
	engine restart >/dev/null
	soon 2000 finish tree
	ends "exit 125"
	told "$C"
	until_true "the container" docker exec "$C" true
	go dexec "$C" echo again
	says again
}

@test "no engine: 125 and one line, also for file and ls" {
	engine halt KILL
	soon 2000 finish tree
	for command in true "exec -i cat" "file /etc/passwd" "ls /"; do
		# shellcheck disable=SC2086 # words
		go dexec "$C" $command
		refuses 125 "$C.*cannot reach the engine"
		within 2000
	done
}

@test "the engine hangs: signals end us, however impatient; one line says why the command could not be ended" {
	hang
	soon 15000 insist INT tree
	if by_shortcut; then
		ends "signal 2"
	else
		ends "exit 125"
		told "$C.*cannot end the command"
	fi
}

@test "the engine hangs before it begins: a timeout ends us" {
	kill -TERM "$pid"
	finish tree
	hang
	go dexec --timeout 0.5 --kill-after 0.5 "$C" echo data
	if by_shortcut; then
		ends "exit 0"
		says data
		return
	fi
	silent_stdout
	complains "$C"
	within 5000
	case $ended in "exit 124" | "exit 125" | "exit 137") ;; *) fail "124, 125 or 137" ;; esac
}

@test "the engine hangs for a while: nothing is lost" {
	start count dexec "$C" sh -c 'seq 200000; exit 3'
	hang
	engine_signal CONT
	finish count
	ends "exit 3"
	seq 200000 | cmp - "$out"
}

@test "the engine is killed while we are ending the command" {
	start stubborn dexec "$C" sh -c 'trap "" INT TERM; echo ready; while :; do sleep 0.05; done'
	until_text stubborn.out ready
	kill -INT "$pid"
	engine halt KILL
	soon 8000 finish stubborn
	ends "exit 125"
	says ready
	complains "$C"
}
