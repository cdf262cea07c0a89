#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --wait with a docker that does what an engine does not do on demand: events
# that end, that are garbage or come late, an inspect that fails; and how many
# docker calls it takes.
#
# shellcheck disable=SC2154 # names of helper

load helper

id=5c39fdd998c468daa57214417a39b0f321d639eee502f28b2268d5c5c2a670ea
created=2026-11-26T00:00:00Z

# container STATE [STARTED FINISHED CHECK HEALTH]: what inspect shall print.
container() {
	printf '%s %s %s %s %s 3 %s %s %%2Fbox' "$id" "$1" "$created" \
		"${2-0001-01-01T00:00:00Z}" "${3-0001-01-01T00:00:00Z}" \
		"${4-NONE}" "${5-}"
}

# event SECONDS ACTION: so long after 2026-11-26 00:00:00 UTC.
event() {
	printf '%s000000001 %s %s box' $((1795651200 + $1)) "$id" "$2"
}

# inspects STATE...: as container.  missing: as an engine that has none.
inspects() {
	orders inspect <<<"out('$(container "$@")\\n')"
}

missing() {
	orders "$1" <<<"out('\\n'); err('Error: No such container: box\\n'); end(1)"
}

# no_docker_left: not one of the calls lives.
no_docker_left() {
	local call pid
	for call in calls/*; do
		pid=$(about "${call#calls/}" pid)
		! is_standin "$pid" || fail "${call#calls/} is still there"
	done
}

# looked: the first inspect has been made.
looked() {
	until_true "no inspect" compgen -G 'calls/*-inspect' >/dev/null
}

# The stand-in's stderr is no pipe here, so its drain() is for others.
taken="until(lambda: unread(1) == 0)"

# calls_in_any_order N...: events and inspect are begun together.
calls_in_any_order() {
	[ "$(calls | tr ' ' '\n' | sed 's/.*-//' | sort | tr '\n' ' ')" = "$* " ] ||
		fail "expected calls: $*"
}

@test "no --wait: no docker call beside the exec" {
	dexec box true
	ended_by 'exit 0'
	calls_are 1-exec
}

@test "--wait=no: none either, whatever the configuration says" {
	DEXEC_WAIT=healthy dexec --wait=no box true
	calls_are 1-exec
}

@test "--print: shows the command and does not wait" {
	dexec --wait --no-reap --print box true
	out_is "$here/docker exec box true\n"
	calls_are ''
}

@test "it runs: events, one inspect, and the command" {
	inspects running 2026-11-26T00:00:05Z
	orders exec <<<"out('done\\n')"
	dexec --wait box true
	ended_by 'exit 0'
	out_is 'done\n'
	# The events may not even have got to record theirs.
	rm -rf calls/*-events
	calls_in_any_order exec inspect
	no_docker_left
}

@test "the events are begun before the inspect is" {
	inspects running
	dexec -v --wait box true
	grep -n ' events ' err >first
	grep -n ' inspect ' err >second
	[ "$(cut -d: -f1 first)" -lt "$(cut -d: -f1 second)" ]
}

@test "it is started: its event is enough, no second inspect" {
	inspects exited 2026-11-26T00:00:05Z 2026-11-26T00:00:09Z
	orders events <<<"wait('go'); out('$(event 20 start)\\n'); wait('never')"
	start --wait box true
	looked
	: >go
	finish
	ended_by 'exit 0'
	calls_in_any_order events exec inspect
	no_docker_left
}

@test "old news are no news" {
	inspects exited 2026-11-26T00:00:05Z 2026-11-26T00:00:09Z
	orders events <<-EOF
	out('$(event 1 start)\\n$(event 6 start)\\n'); $taken; mark('told')
	wait('go'); mark('due'); out('$(event 20 start)\\n'); wait('never')
	EOF
	orders exec <<<"end(0 if os.path.exists('due') else 9)"
	start --wait box true
	await told
	: >go
	finish
	ended_by 'exit 0'
	calls_in_any_order events exec inspect
}

@test "it becomes healthy: its event is enough" {
	inspects running 2026-11-26T00:00:05Z 0001-01-01T00:00:00Z CMD starting
	orders events <<-EOF
	out('$(event 4 health_status%3A+healthy)\\n'); $taken; mark('told')
	wait('go'); mark('due'); out('$(event 20 health_status%3A+healthy)\\n'); wait('never')
	EOF
	orders exec <<<"end(0 if os.path.exists('due') else 9)"
	start --wait=healthy box true
	await told
	: >go
	finish
	ended_by 'exit 0'
	calls_in_any_order events exec inspect
}

@test "to run is not to be healthy" {
	inspects created 0001-01-01T00:00:00Z 0001-01-01T00:00:00Z CMD
	orders events <<-EOF
	out('$(event 20 start)\\n'); $taken; mark('told'); wait('go'); mark('due')
	out('$(event 21 health_status%3A+unhealthy)\\n')
	out('$(event 22 health_status%3A+healthy)\\n'); wait('never')
	EOF
	orders exec <<<"end(0 if os.path.exists('due') else 9)"
	start --wait=healthy box true
	await told
	: >go
	finish
	ended_by 'exit 0'
	calls_in_any_order events exec inspect
}

@test "no health check: an error at once" {
	inspects running 2026-11-26T00:00:05Z
	dexec --wait=healthy box true
	ended_by 'exit 125'
	err_is 'dexec: box: cannot wait until it is healthy: it has no health check\n'
	rm -rf calls/*-events
	calls_in_any_order inspect
	no_docker_left
}

@test "it does not exist: it is looked at when there is news of that name" {
	missing inspect.1
	inspects running 2026-11-26T00:00:05Z
	orders events <<<"wait('go'); out('$(event 20 start)\\n'); wait('never')"
	start --wait box true
	looked
	: >go
	finish
	ended_by 'exit 0'
	calls_in_any_order events exec inspect inspect
}

@test "news of others are nobody's business" {
	inspects exited 2026-11-26T00:00:05Z 2026-11-26T00:00:09Z
	orders events <<-EOF
	for name in ('boxer', 'bo', '', 'x%2Fbox'):
	    out('1795651300000000001 aaaa start %s\\n' % name)
	$taken; mark('told'); wait('never')
	EOF
	start --wait --wait-timeout 500ms box true
	await told
	finish
	ended_by 'exit 125'
	calls_in_any_order events inspect inspect
}

@test "deadline: 125, and the engine's last word" {
	inspects exited 2026-11-26T00:00:05Z 2026-11-26T00:00:09Z
	dexec --wait --wait-timeout 300ms box true
	ended_by 'exit 125'
	out_is ''
	err_is 'dexec: box: not running after 0.3 s (exited with status 3)\n'
	# Where the first look has not even begun by then, the last is the only one.
	[ "$(calls | tr ' ' '\n' | grep -c events)" = 1 ]
	[ "$(calls | tr ' ' '\n' | grep -c inspect)" -ge 1 ]
	no_docker_left
}

@test "deadline: ready by the last look is ready" {
	orders inspect.1 <<<"out('$(container created)\\n')"
	inspects running 2026-11-26T00:00:05Z
	dexec --wait --wait-timeout 300ms box true
	ended_by 'exit 0'
}

@test "deadline: an inspect that does not answer does not hold it up" {
	orders inspect <<<"wait('never')"
	dexec --wait --wait-timeout 300ms box true
	ended_by 'exit 125'
	within 4000
	err_has '^dexec: box: not running after 0.3 s \(cannot reach the engine: no answer\)$'
	no_docker_left
}

@test "events that end are begun again, after a growing pause, with a look" {
	inspects exited 2026-11-26T00:00:05Z 2026-11-26T00:00:09Z
	orders events <<<"end(1)"
	dexec --wait --wait-timeout 1s box true
	ended_by 'exit 125'
	# 0, 0.1, 0.3 and 0.7 s, and a last look.
	[ "$(calls | tr ' ' '\n' | grep -c events)" -le 4 ]
	[ "$(calls | tr ' ' '\n' | grep -c events)" -ge 2 ]
	[ "$(calls | tr ' ' '\n' | grep -c inspect)" -le 6 ]
}

@test "events that end: what was missed in the gap is seen" {
	missing inspect.1
	inspects running 2026-11-26T00:00:05Z
	orders events.1 <<<"end(0)"
	dexec --wait box true
	ended_by 'exit 0'
	# The look may have it before the events are there again.
	[ "$(calls | tr ' ' '\n' | grep -c inspect)" -ge 2 ]
	no_docker_left
}

@test "events that are garbage do no harm" {
	inspects exited 2026-11-26T00:00:05Z 2026-11-26T00:00:09Z
	orders events <<-EOF
	out('\\x00\\xff\\n\\n \\n   \\n' + 'x' * 200000 + '\\n')
	out('1795651220000000001 $id start\\n')
	out('179565122000000000100000000000 $id start box\\n')
	out('1795651220000000001 aaaa start bo\\x00x\\n')
	out('1795651220000000001 $id exec_create%3A+start box\\n')
	out('y' * 5000); $taken; out(' $(event 20 start)\\n')
	$taken; mark('told')
	piecewise(1, '$(event 20 start)\\n', 7); wait('never')
	EOF
	start --wait box true
	await told
	finish
	ended_by 'exit 0'
	calls_in_any_order events exec inspect
}

@test "an inspect that fails at first: 125 and docker's reason" {
	orders inspect <<<"err('Cannot connect to the Docker daemon at x.\\n'); end(1)"
	dexec --wait box true
	ended_by 'exit 125'
	err_is 'dexec: box: cannot reach the engine: Cannot connect to the Docker daemon at x.\n'
	rm -rf calls/*-events
	calls_in_any_order inspect
	no_docker_left
}

@test "an answer of the engine's is not taken for its absence" {
	orders inspect <<<"err('Error response from daemon: multiple IDs found with provided prefix: 5c\\n'); end(1)"
	dexec --wait 5c true
	ended_by 'exit 125'
	err_is 'dexec: 5c: multiple IDs found with provided prefix: 5c\n'
}

@test "an engine that goes away and comes back is waited for" {
	missing inspect.1
	orders inspect.2 <<<"err('Cannot connect to the Docker daemon\\n'); end(1)"
	inspects running 2026-11-26T00:00:05Z
	orders events.1 <<<"end(1)"
	orders events.2 <<<"end(1)"
	dexec --wait box true
	ended_by 'exit 0'
	err_is ''
	no_docker_left
}

@test "garbage of inspect is no container" {
	orders inspect <<<"out('running\\n\\x00\\n' + 'z ' * 100000 + '\\n')"
	dexec --wait --wait-timeout 200ms box true
	ended_by 'exit 125'
	err_is 'dexec: box: not running after 0.2 s (no such container)\n'
}

@test "no docker program: 125 and one line" {
	DEXEC_DOCKER=./none dexec --wait box true
	ended_by 'exit 125'
	err_is 'dexec: cannot run ./none: No such file or directory\n'
}

@test "a signal ends the waiting, and us, and no docker is left" {
	local name
	for name in INT TERM HUP QUIT; do
		rm -rf calls/*
		inspects created
		orders events <<<"mark('up$name'); wait('never')"
		start --wait box true
		await "up$name"
		kill -s $name "$pid"
		finish
		ended_by "signal $name"
		err_is ''
		[[ $(calls) != *exec* ]] || fail "started the command"
		no_docker_left
	done
}

@test "a signal while inspect is slow" {
	orders inspect <<<"mark('up'); wait('never')"
	start --wait box true
	await up
	kill -s TERM "$pid"
	finish
	ended_by 'signal TERM'
	no_docker_left
}

@test "--timeout counts from the start of the command" {
	inspects created
	orders events <<<"time.sleep(1.2); out('$(event 20 start)\\n'); wait('never')"
	orders exec <<<"out('done\\n')"
	dexec --wait --timeout 1s box true
	ended_by 'exit 0'
	out_is 'done\n'
}

@test "it stops again before the command starts: the ordinary error" {
	inspects running 2026-11-26T00:00:05Z
	orders inspect.2 <<<"out('exited 2026-11-26T00:00:05Z 1\\n')"
	orders exec <<<"err('Error response from daemon: container $id is not running\\n'); end(1)"
	dexec --wait box true
	ended_by 'exit 125'
	err_has '^dexec: .*not running'
}

@test "the engine is the one that was asked for" {
	inspects created
	dexec -H tcp://far --wait --wait-timeout 300ms box true
	for call in calls/*; do
		[[ $(words "${call#calls/}" | tr '\n' ' ') = '--host tcp://far '* ]] || fail "$call"
	done
}

@test "wrong values: 125, and what they may be" {
	dexec --wait=maybe box true
	ended_by 'exit 125'
	err_has "^dexec: --wait: 'maybe' is not one of no, running, healthy$"
	dexec --wait --wait-timeout never box true
	ended_by 'exit 125'
	err_has "^dexec: --wait-timeout: 'never' is not a time"
	calls_are ''
}
