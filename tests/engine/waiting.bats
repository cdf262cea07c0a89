#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --wait: a container that is started, made, unpaused or becomes healthy a little later, and one that does not.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	container BB dexec-busybox:1
	docker pause "$BB" >/dev/null
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	C=dexec-test-waiting-$$-$RANDOM$RANDOM
}

teardown() {
	end_started
	docker rm --force "$C" "$C-2" >/dev/null 2>&1 || :
}

create() {
	docker create --init --pull never --name "$C" "$@" dexec-busybox:1 >/dev/null
}

create_two() {
	create
	docker create --init --pull never --name "$C-2" dexec-busybox:1 >/dev/null
}

with_check() {
	create --health-cmd 'test -e /tmp/ok' --health-interval 0.2s --health-retries 1000
}

# await NAME OPTIONS: dexec in the background, and it has begun to wait: its inspect has been answered.
await() {
	local name=$1
	shift
	start "$name" dexec -v "$@" "$C" echo there
	until_text "$name.err" ' inspect '
	until_true "$name to wait" one_docker
}

# one_docker: of the docker processes of $pid the events alone are there.
one_docker() {
	[ "$(dockers)" = 1 ]
}

# dockers: how many docker processes $pid has.
dockers() {
	children "$pid" | wc -l
}

# looks NAME N: so many times has it been inspected.
looks() {
	[ "$(grep -c ' inspect ' "$T/$1.err")" = "$2" ] || fail "should have been inspected $2 times"
	[ "$(grep -c ' events ' "$T/$1.err")" = 1 ] || fail "should have asked for events once"
}

# no_events_of PID...: those docker processes end.
no_events_of() {
	local child
	for child; do
		until_true "docker process $child to be gone" test ! -e "/proc/$child"
	done
}

@test "started half a second later: runs as soon as that is so, with one inspect" {
	create
	await it --wait
	docker start "$C" >/dev/null
	finish it
	ends "exit 0"
	says there
	looks it 1
}

@test "stopped, and started again later" {
	create
	docker start "$C" >/dev/null
	docker stop --time 0 "$C" >/dev/null
	await it --wait
	# The end and the next start are to lie apart, for the one inspect to be enough: not so here.
	docker start "$C" >/dev/null
	finish it
	ends "exit 0"
	says there
}

@test "runs already: at once" {
	create
	docker start "$C" >/dev/null
	go dexec --wait "$C" echo there
	ends "exit 0"
	says there
}

@test "made later under that name" {
	await it --wait
	create
	docker start "$C" >/dev/null
	finish it
	ends "exit 0"
	says there
}

@test "removed, and made again under that name" {
	create
	docker start "$C" >/dev/null
	docker rm --force "$C" >/dev/null
	await it --wait
	create
	[ ! -e "$T/it.status" ]
	docker start "$C" >/dev/null
	finish it
	ends "exit 0"
	says there
}

@test "renamed to that name" {
	create
	docker start "$C" >/dev/null
	docker rename "$C" "$C-other"
	await it --wait
	docker rename "$C-other" "$C"
	finish it
	ends "exit 0"
	says there
}

@test "by its ID, and by the beginning of that" {
	local id
	create
	id=$(docker inspect --format '{{.ID}}' "$C")
	start long dexec --wait "$id" echo there
	start short dexec --wait "${id:0:12}" echo there
	docker start "$C" >/dev/null
	finish long
	says there
	finish short
	says there
}

@test "becomes healthy" {
	with_check
	docker start "$C" >/dev/null
	await it --wait=healthy
	docker exec "$C" touch /tmp/ok
	finish it
	ends "exit 0"
	says there
	looks it 1
}

@test "started later, and healthy still later" {
	with_check
	await it --wait=healthy
	docker start "$C" >/dev/null
	[ ! -e "$T/it.status" ]
	docker exec "$C" touch /tmp/ok
	finish it
	ends "exit 0"
	says there
}

@test "unhealthy, and healthy again" {
	create --health-cmd 'test -e /tmp/ok' --health-interval 0.2s --health-retries 1
	docker start "$C" >/dev/null
	until_true "it to be unhealthy" \
		bash -c 'docker inspect --format "{{.State.Health.Status}}" "$1" | grep -qx unhealthy' bash "$C"
	await it --wait=healthy
	docker exec "$C" touch /tmp/ok
	finish it
	ends "exit 0"
	says there
}

@test "healthy already: at once" {
	with_check
	docker start "$C" >/dev/null
	docker exec "$C" touch /tmp/ok
	go dexec --wait=healthy "$C" true
	go dexec --wait=healthy "$C" echo there
	says there
}

@test "unpaused" {
	create
	docker start "$C" >/dev/null
	docker pause "$C" >/dev/null
	await it --wait
	docker unpause "$C" >/dev/null
	finish it
	ends "exit 0"
	says there
}

@test "no health check: an error at once" {
	go dexec --wait=healthy "$BB" true
	refuses 125 'it has no health check'
	within 5000
}

@test "a health check that was turned off: the same" {
	create --no-healthcheck
	go dexec --wait=healthy "$C" true
	refuses 125 'it has no health check'
}

@test "deadline: 125, and what it is in" {
	docker run --init --name "$C" --pull never dexec-busybox:1 sh -c 'exit 3' || :
	go dexec --wait --wait-timeout 0.5 "$C" true
	refuses 125 "$C: not running after 0.5 s \(exited with status 3\)"
	within 3000
	go dexec --wait --wait-timeout 0.5 "$BB" true
	refuses 125 "$BB: not running after 0.5 s \(paused\)"
	go dexec --wait --wait-timeout 0.5 no-such-container true
	refuses 125 "no-such-container: not running after 0.5 s \(no such container\)"
}

@test "deadline: not healthy" {
	with_check
	docker start "$C" >/dev/null
	go dexec --wait=healthy --wait-timeout 0.5 "$C" true
	refuses 125 "$C: not healthy after 0.5 s \(its health check has not passed yet\)"
}

@test "what has run for a moment only is not there, however often" {
	docker run --init --name "$C" --pull never dexec-busybox:1 true
	docker start "$C" >/dev/null
	docker wait "$C" >/dev/null
	go dexec --wait --wait-timeout 0.5 "$C" true
	refuses 125 'not running after 0.5 s'
}

@test "labels and commands that look like an event are none" {
	docker run --init --name "$C-evil" --pull never --label "name=$C" \
		--label "x= $C
1999999999000000000 $C start $C" dexec-busybox:1 echo "start $C"
	go dexec --wait --wait-timeout 0.5 "$C" true
	docker rm --force "$C-evil" >/dev/null
	refuses 125 'no such container'
}

@test "Ctrl-C while it waits: ends by it, and no docker process is left" {
	local mine
	create
	await it --wait
	mine=$(children "$pid")
	[ -n "$mine" ]
	kill -s INT "$pid"
	finish it
	ends "signal 2"
	# shellcheck disable=SC2086 # one argument a process
	no_events_of $mine
}

@test "ready: no docker process is left while the command runs" {
	local events
	create
	start it dexec --no-reap --wait "$C" sh -c 'echo ready; sleep 1000000'
	until_true "events" one_docker
	events=$(children "$pid")
	docker start "$C" >/dev/null
	until_text it.out ready
	# shellcheck disable=SC2086 # one argument a process
	no_events_of $events
	one_docker
}

@test "ls and file wait, too" {
	create
	start it dexec --wait "$C" file /etc/passwd
	until_true "it to wait" one_docker
	docker start "$C" >/dev/null
	finish it
	ends "exit 0"
	grep -q root "$out"
}

@test "several: each runs as soon as it is ready itself" {
	create_two
	start it dexec -v --wait "$C,$C-2" echo there
	until_text it.err ' inspect '
	until_true "it to wait" one_docker
	docker start "$C-2" >/dev/null
	until_text it.out "$C-2: there"
	run ! grep -q "^$C: " "$T/it.out"
	docker start "$C" >/dev/null
	finish it
	ends "exit 0"
	grep -qx "$C: there" "$out"
	grep -qx 'dexec: 2 ok' "$err"
}

@test "several: one that is not ready in time has failed, and the other is done" {
	create_two
	docker start "$C-2" >/dev/null
	start it dexec --wait --wait-timeout 1s "$C,$C-2" echo there
	finish it
	ends "exit 125"
	[ "$(cat "$out")" = "$C-2: there" ]
	grep -qx "dexec: $C: not running after 1 s (created)" "$err"
	grep -q "1 ok, 1 failed: $C " "$err"
}
