#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Containers on several engines, by docker's contexts: two engines with containers web and db on each, of which one may
# be away, hang, or be known by two names.
#
# The scripts in single quotes are for another shell to expand; $pid, $out and the like are set by fixture.bash:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load fixture
load engines

setup_file() {
	local name
	engine_tests || return 0
	start_engines
	for name in node1 node2; do
		at $name run --detach --init --pull never --name web --label "on=$name" dexec-busybox:1 >/dev/null
		at $name run --detach --init --pull never --name db --env "WHERE=$name" dexec-busybox:1 >/dev/null
	done
}

teardown_file() {
	stop_engines
}

setup() {
	scratch
	contexts one=node1 two=node2
}

teardown() {
	resume_engines
	end_started
}

@test "--context A,B: the containers of both, by the names of both" {
	go dexec --context one,two 'web,d*' sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	says_sorted "one/db: one/db
one/web: one/web
two/db: two/db
two/web: two/web"
	told
}

@test "--context A,B: each command has its own engine, and the status is the worst one" {
	go dexec --context one,two db sh -c 'echo $WHERE; [ $WHERE = node1 ] || exit 3'
	ends "exit 3"
	says_sorted "one/db: node1
two/db: node2"
	told
	grep -q 'two/db (3)' "$err"
}

@test "--context A,B: from the configuration as well" {
	mkdir -p "$XDG_CONFIG_HOME/dexec"
	echo 'context = one,two' >"$XDG_CONFIG_HOME/dexec/config"
	go dexec -q web true
	ends "exit 0"
	go dexec web
	ends "exit 0"
	grep -q '^one/web ' "$out"
	grep -q '^two/web ' "$out"
}

@test "@context: each part has its own engine" {
	go dexec --no-prefix '@context:one/w*,@context:two/@all' sh -c 'echo $DEXEC_NAME'
	ends "exit 0"
	says_sorted "one/web
two/db
two/web"
}

@test "@context: the engine that is meant by no part is not asked" {
	hang node2
	DOCKER_HOST=$(socket node2)
	go dexec -v @context:one/web echo there
	ends "exit 0"
	says "one/web: there"
	[ "$(grep -c '^dexec: docker ' "$err")" = 2 ] || fail "one list and one exec should do"
}

@test "@context and a part with none: docker's own settings are meant by that" {
	DOCKER_HOST=$(socket node1)
	go dexec web,@context:two/web echo there
	ends "exit 0"
	says_sorted "two/web: there
web: there"
}

@test "one engine by two contexts: each container once" {
	contexts uno=node1
	go dexec --context uno,one @all echo there
	ends "exit 0"
	says_sorted "one/db: there
one/web: there"
}

@test "-x: leaves out on every engine, and on the one that it names" {
	go dexec --context one,two -x db @all true
	ends "exit 0"
	told
	grep -q '2 ok' "$err"
	go dexec --context one,two -x @context:two/db @all sh -c 'echo $DEXEC_NAME'
	says_sorted "one/db: one/db
one/web: one/web
two/web: two/web"
	go dexec --context one,two -x @label:on=node2 web true
	grep -q '1 ok' "$err"
}

@test "-x: names a container by another context than it was selected by" {
	contexts uno=node1
	go dexec -x @context:uno/db @context:one/@all echo there
	ends "exit 0"
	says "one/web: there"
}

@test "-x: an engine that is only there to be left out is not there: nothing is done" {
	go dexec -x @context:nosuch/db @context:one/@all echo there
	refuses 125 '-x: cannot reach the engine: .*nosuch'
}

@test "a context that does not exist: said so, the others are done" {
	go dexec --context one,nosuch db echo there
	ends "exit 125"
	says "one/db: there"
	told 'nosuch: cannot reach the engine: .*nosuch'
	grep -q '1 ok, 1 failed: nosuch' "$err"
}

@test "a context that does not exist, and no other: one line" {
	go dexec @context:nosuch/@all true
	refuses 125 'cannot reach the engine: .*nosuch'
}

@test "no engine where the context leads: said so, the others are done" {
	docker context create gone --docker "host=unix://$ENGINES/none/docker.sock" >/dev/null 2>&1
	go dexec --context gone,one db echo there
	ends "exit 125"
	says "one/db: there"
	told 'gone: cannot reach the engine: .*none/docker.sock'
}

@test "an engine that hangs: at the deadline the others are done" {
	hang node2
	go dexec --engine-timeout 3 --context one,two db echo there
	ends "exit 125"
	says "one/db: there"
	told 'two: cannot reach the engine: no answer within 3 s'
	within 4000
}

@test "an engine that hangs, and no other: one line" {
	hang node2
	go dexec --engine-timeout 0.5 @context:two/db,@context:two/web true
	refuses 125 'cannot reach the engine: no answer within 0.5 s'
}

@test "an engine that hangs for a while is waited for" {
	hang node2
	start both dexec --engine-timeout 0 --context one,two db echo there
	until_true "one client to be left" has_clients 1
	resume_engines
	finish both
	ends "exit 0"
	says_sorted "one/db: there
two/db: there"
}

@test "a signal while an engine hangs: we end by it at once, and no docker client is left" {
	hang node2
	for signal in INT TERM HUP QUIT; do
		start hung dexec --context one,two db true
		until_true "one client to be left" has_clients 1
		kill -s $signal "$pid"
		finish hung
		ends "signal $(kill -l $signal)"
		silent_stdout
		silent_stderr
		no_client_left
	done
}

@test "Ctrl-Z while an engine hangs: we stop, and go on" {
	hang node2
	# In a group of its own: one that is orphaned, as a harness may leave us in, cannot be stopped so.
	start hung /usr/bin/python3 -c 'import os, sys; os.setpgid(0, 0); os.execv(sys.argv[1], sys.argv[1:])' \
		"$DEXEC" --engine-timeout 0 --context one,two db echo there
	until_true "one client to be left" has_clients 1
	kill -s TSTP "$pid"
	until_true "dexec to stop" grep -q '^State:.T' "/proc/$pid/status"
	resume_engines
	kill -s CONT "$pid"
	finish hung
	ends "exit 0"
}

@test "nothing is selected where one engine gives no answer: that is not said to be nothing" {
	go dexec --context one,nosuch 'x*' true
	ends "exit 125"
	silent_stdout
	told 'nosuch: cannot reach the engine: '
	go dexec --context one,two 'x*' true
	refuses 125 "no container matches 'x\*'"
}

@test "--print: the commands have the contexts" {
	go dexec --context one,two --no-reap --print web true
	ends "exit 0"
	[ "$(grep -c '^docker --context \(one\|two\) exec .* true$' "$out")" = 2 ] || fail "two commands with contexts"
}

@test "a host and several contexts: docker's own complaint, and nothing is done" {
	go dexec --host "$(socket node1)" --context one,two web echo there
	ends "exit 125"
	silent_stdout
	told 'one: .*' 'two: .*'
}
