#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The container changes under a running command: stopped, killed, removed, restarted, paused, ended by itself. Status 125
# and one line that says what happened, within two seconds of it; output that came before is delivered.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	container BYSTANDER dexec-busybox:1
}

# Each test breaks a container of its own.
setup() {
	scratch
	container C dexec-busybox:1
	start tree dexec "$C" sh -c 'echo ready; trap "" INT TERM; while :; do sleep 0.05; done'
	until_text tree.out ready
}

teardown() {
	end_started
	[ -z "${C-}" ] || docker rm --force "$C" >/dev/null
}

teardown_file() {
	remove_containers
}

# lost REGEX: it ended within two seconds from now, with 125, what it had printed, and one line that matches.
lost() {
	local since
	since=$(now_ms)
	finish tree
	in_time 2000 $(($(now_ms) - since))
	ends "exit 125"
	says ready
	complains "$C.*$1"
}

@test "killed in the middle: 125, and says that it stopped" {
	docker kill "$C" >/dev/null
	lost stopped
}

@test "stopped in the middle: 125, and says so" {
	docker stop --time 1 "$C" >/dev/null
	lost stopped
}

@test "removed in the middle: 125, and says so" {
	docker rm --force "$C" >/dev/null
	lost removed
}

@test "restarted in the middle: 125, and says so" {
	docker restart --time 0 "$C" >/dev/null
	lost 'restarted|stopped' # as it was when we looked
	go dexec "$C" echo again
	says again
}

@test "ended by itself in the middle: 125, and says that it stopped" {
	docker exec "$C" sh -c 'kill -KILL $(cat /proc/1/task/1/children | cut -d " " -f 1)' || :
	lost stopped
}

@test "killed in the middle, of buffered output: what came is printed" {
	start held dexec --disable_stream "$C" sh -c 'echo out; touch /tmp/said; sleep 1000000'
	until_true "the command to have printed" docker exec "$C" test -e /tmp/said
	docker kill "$C" >/dev/null
	finish held
	ends "exit 125"
	says out
	complains stopped
}

@test "killed in the middle, with -i and a terminal inside" {
	start talk bash -c 'exec "$1" "$2" exec -i cat < <(echo ready; exec sleep 20)' bash "$DEXEC" "$C"
	until_text talk.out ready
	docker kill "$C" >/dev/null
	finish talk
	ends "exit 125"
	says ready
	complains stopped
}

@test "killed outright inside: 137 is the command's own, as the container goes on" {
	go dexec "$C" sh -c 'kill -KILL $$'
	ends "exit 137"
	silent_stderr
}

@test "an exec while it stops, again and again: never 0, never silent" {
	docker kill "$C" >/dev/null
	finish tree
	for i in 1 2 3 4 5; do
		docker start "$C" >/dev/null
		start exec dexec "$C" sleep 1000000
		docker kill "$C" >/dev/null
		finish exec
		ends "exit 125"
		complains "$C"
	done
}

@test "paused: the command waits, and goes on as if nothing had been" {
	start other dexec "$C" sh -c 'echo ready; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo done; exit 7'
	until_text other.out ready
	docker pause "$C" >/dev/null
	kill -0 "$pid"
	docker unpause "$C" >/dev/null
	docker exec "$C" touch /tmp/go
	finish other
	ends "exit 7"
	says $'ready\ndone'
	silent_stderr
}

# gives_up: it ended within three seconds from now, with one line about the pause.
gives_up() {
	local since
	since=$(now_ms)
	finish tree
	in_time 3000 $(($(now_ms) - since))
	says ready
	complains "$C.*paused"
}

# The signal waits in a paused container, where it could be sent without going there.
ends_afterwards() {
	! sees_processes || is_warm || until_true "the command's end" ended_in "$1"
}

ended_in() {
	! processes "$C" | grep -q "$1"
}

@test "paused: a signal ends us, and one line says why the command could not be ended" {
	docker pause "$C" >/dev/null
	kill -INT "$pid"
	gives_up
	ends "exit 125"
}

@test "paused: a timeout ends us, and one line says why the command could not be ended" {
	docker kill "$C" >/dev/null
	finish tree
	docker start "$C" >/dev/null
	start tree dexec --timeout 1 "$C" sh -c 'echo ready; sleep 1000000'
	until_text tree.out ready
	docker pause "$C" >/dev/null
	gives_up
	ends "exit 124"
	docker unpause "$C" >/dev/null
	ends_afterwards 'sleep 1000000'
}

@test "paused, and killed then" {
	docker pause "$C" >/dev/null
	docker rm --force "$C" >/dev/null
	lost removed
}

@test "a container that restarts over and over: 125, and its state" {
	container_named "dexec-test-restarting-$$-$RANDOM" dexec-busybox:1 --restart always --entrypoint /bin/false
	until_true "a restart" state_is "$container_name" restarting
	go dexec "$container_name" true
	docker rm --force "$container_name" >/dev/null
	refuses 125 "$container_name.*(restart|not running)"
}

state_is() {
	[ "$(docker inspect --format '{{.State.Status}}' "$1")" = "$2" ]
}

@test "renamed in the middle: the command goes on" {
	docker rename "$C" "$C-new"
	kill -INT "$pid"
	docker rename "$C-new" "$C"
	insist INT tree
	ends "signal 9"
}

@test "one container goes, the command in another does not notice" {
	docker exec "$BYSTANDER" mkfifo /tmp/end
	start other dexec "$BYSTANDER" sh -c 'read -r _ </tmp/end; exit 4'
	docker rm --force "$C" >/dev/null
	lost removed
	timeout "$LIMIT" docker exec "$BYSTANDER" sh -c 'echo >/tmp/end'
	finish other
	ends "exit 4"
	silent_stderr
}
