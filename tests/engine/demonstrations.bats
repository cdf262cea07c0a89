#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Ten demonstrations: what goes wrong with docker exec, and does not with dexec. Each first shows docker at it, and says
# in a comment whether this docker (still) does it; either is accepted. Of dexec only the right thing is.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture

setup_file() {
	engine_tests || return 0
	container C dexec-busybox:1
}

teardown_file() {
	remove_containers
}

setup() {
	scratch
	census "$C"
}

teardown() {
	end_started
	[ -n "${C-}" ] || return 0
	kill_inside "$C" 'sleep 1'
	kill_inside "$C" yes
}

# docker_does WHAT CONDITION...: a comment in the test's output
docker_does() {
	local what=$1 does="does no longer"
	shift
	! "$@" || does="does"
	echo "# docker $(docker version --format '{{.Client.Version}}, engine {{.Server.Version}}') $does: $what" >&3
}

# remains: something runs in the container that did not before
remains() {
	more_than "$C" 1
}

@test "demonstration 1: Ctrl-C is no success: && does not go on" {
	start docker bash -c 'docker exec "$1" sleep 1000001 && echo deployed' bash "$C"
	until_true "the command" more_than "$C" 1
	kill -INT "$(children "$pid")"
	finish docker
	docker_does "print deployed after Ctrl-C" grep -q deployed "$out"
	kill_inside "$C" 'sleep 1000001'
	nothing_left "$C"
	start dexec bash -c '"$1" "$2" sleep 1000001 && echo deployed' bash "$DEXEC" "$C"
	until_true "the command" more_than "$C" 1
	kill -INT "$(children "$pid")"
	finish dexec
	silent_stdout
	nothing_left "$C"
}

@test "demonstration 2: yes | head -1 leaves no yes behind" {
	docker exec "$C" yes | head -n 1
	docker_does "leave yes running when its reader has gone" remains
	kill_inside "$C" yes
	nothing_left "$C"
	[ "$("$DEXEC" "$C" yes | head -n 1)" = y ]
	nothing_left "$C"
}

@test "demonstration 3: a timeout ends the command, not only the client" {
	go timeout 1 docker exec "$C" sleep 1000003
	docker_does "leave the command running behind timeout(1)" remains
	kill_inside "$C" 'sleep 1000003'
	nothing_left "$C"
	go timeout 1 "$DEXEC" "$C" sleep 1000003
	ends "exit 124"
	nothing_left "$C"
	go dexec --timeout 1 "$C" sleep 1000003
	ends "exit 124"
	nothing_left "$C"
}

@test "demonstration 4: an error is not captured as data" {
	text=$(docker exec "$C" nosuch 2>/dev/null) || :
	docker_does "print a launch failure on stdout" [ -n "$text" ]
	text=$("$DEXEC" "$C" nosuch 2>/dev/null) || status=$?
	[ "$status" = 127 ]
	[ -z "$text" ]
}

@test "demonstration 5: no such container is not what false says" {
	go docker exec "$C-gone" true
	docker_does "end with 1 where there is no such container" [ "$ended" = "exit 1" ]
	go dexec "$C-gone" true
	refuses 125 "no such container"
}

@test "demonstration 6: a loop that reads keeps its lines" {
	printf 'a\nb\nc\n' | while read -r line; do docker exec -i "$C" true; echo "$line"; done >by-docker
	docker_does "swallow the lines of a loop (-i)" [ "$(<by-docker)" = a ]
	printf 'a\nb\nc\n' | while read -r line; do "$DEXEC" "$C" true; echo "$line"; done >by-dexec
	[ "$(<by-dexec)" = $'a\nb\nc' ]
}

@test "demonstration 7: a child in the background: what docker waits for, and how not to" {
	go docker exec "$C" sh -c 'sleep 1000007 & echo hi'
	docker_does "wait two seconds for a child that holds its output" [ "$elapsed" -ge 1500 ]
	kill_inside "$C" 'sleep 1'
	nothing_left "$C"
	# It is the engine that waits; nothing is lost that was written before, and the child lives.
	go dexec "$C" sh -c 'sleep 1000007 & echo hi'
	ends "exit 0"
	says hi
	more_than "$C" 1
	echo "# dexec: $elapsed ms" >&3
	kill_inside "$C" 'sleep 1'
	nothing_left "$C"
	go dexec "$C" sh -c 'sleep 1000007 </dev/null >/dev/null 2>&1 & echo hi'
	ends "exit 0"
	says hi
	more_than "$C" 1
	echo "# dexec, all three redirected: $elapsed ms" >&3
}

@test "demonstration 9: a hundred calls" {
	local since docker
	since=$(now_ms)
	for i in {1..20}; do docker exec "$C" true; done
	docker=$(($(now_ms) - since))
	since=$(now_ms)
	for i in {1..100}; do "$DEXEC" "$C" true; done
	echo "# a hundred calls: $((docker * 5)) ms by docker exec, $(($(now_ms) - since)) ms by dexec" >&3
}

@test "demonstration 10: a terminal that is closed takes its shell along" {
	"$HERE/closed_terminal.py" "$T/docker" '#' "$(command -v docker)" exec -it "$C" sh
	docker_does "leave the shell of a closed terminal" remains
	kill_inside "$C" sh
	nothing_left "$C"
	"$HERE/closed_terminal.py" "$T/go" '#' "$DEXEC" "$C" exec -it sh
	nothing_left "$C"
	"$HERE/closed_terminal.py" "$T/go" '#' "$DEXEC" "$C" shell
	nothing_left "$C"
}
