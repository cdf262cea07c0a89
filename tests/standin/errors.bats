#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Errors of docker, the engine and the container: 125, one line of ours, and
# further docker calls only behind a failure.
#
# Backquotes are docker's, names are the helper's:
# shellcheck disable=SC2016,SC2154

load helper

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# engine_says TEXT: docker exec complains on stderr and ends with 1.
engine_says() {
	orders exec <<<"err('''$1\n'''); end(1)"
}

# state "WORD STARTED EXIT": what inspect finds.
state() {
	orders "${2:-inspect}" <<<"out('$1\n')"
}

no_state() {
	orders inspect <<<"err('''$1\n'''); end(1)"
}

# became MESSAGE: 125 and this line.
became() {
	ended_by 'exit 125'
	out_is ''
	printf 'dexec: %s\n' "$1" | cmp -s - err || fail "expected: $1"
}

@test "api: no such container (client 28), and the nearest name" {
	engine_says 'Error response from daemon: No such container: wbe-1'
	no_state 'Error response from daemon: No such container: wbe-1'
	orders ps <<<"out('db-1\nweb-1\nproxy\n')"
	dexec wbe-1 true
	became 'no such container: wbe-1 (did you mean web-1?)'
	calls_are '1-exec 2-inspect 3-ps'
	argv_is 3-ps ps --all --format '{{.Names}}'
}

@test "api: no such container (client 20), and no name near it" {
	engine_says 'Error: No such container: gone'
	no_state 'Error: No such container: gone'
	orders ps <<<"out('web-1\n')"
	dexec gone true
	became 'no such container: gone'
}

@test "api: no such container, and ps fails as well" {
	engine_says 'Error response from daemon: No such container: gone'
	no_state 'Error response from daemon: No such container: gone'
	orders ps <<<"err('boom\n'); end(1)"
	dexec gone true
	became 'no such container: gone'
}

@test "api: hostile names are shown printable" {
	local name=$'a\e]0;x\a\nb'
	engine_says 'Error response from daemon: No such container: a'
	no_state 'Error response from daemon: No such container: a'
	dexec "$name" true
	became 'no such container: a\033]0;x\a\nb'
}

@test "api: not running, with the status it ended with" {
	engine_says "Error response from daemon: Container $id is not running"
	state 'exited 2020-01-01T00:00:00Z 3'
	dexec box true
	became 'container box is not running (exited with status 3)'
	calls_are '1-exec 2-inspect'
	argv_is 2-inspect inspect --type container --format \
		'{{.State.Status}} {{.State.StartedAt}} {{.State.ExitCode}}' box
}

@test "api: newer words for not running" {
	engine_says "Error response from daemon: container $id is not running"
	state 'created 0001-01-01T00:00:00Z 0'
	dexec box true
	became 'container box is not running (created)'
}

@test "api: dead, and being removed" {
	engine_says "Error response from daemon: Container $id is not running"
	state 'dead 2020-01-01T00:00:00Z 0'
	dexec box true
	became 'container box is not running (dead)'
	state 'removing 2020-01-01T00:00:00Z 0'
	dexec box true
	became 'container box is not running (removing)'
}

@test "api: paused" {
	engine_says 'Error response from daemon: Container box is paused, unpause the container before exec'
	state 'paused 2020-01-01T00:00:00Z 0'
	dexec box true
	became 'container box is paused'
}

@test "api: restarting" {
	engine_says "Error response from daemon: Container $id is restarting, wait until the container is running"
	state 'restarting 2020-01-01T00:00:00Z 1'
	dexec box true
	became 'container box is restarting'
}

# unreachable TEXT: exec and inspect both fail with it.
unreachable() {
	engine_says "$1"
	no_state "$1"
	dexec box true
	became "box: cannot reach the engine: $1"
	calls_are '1-exec 2-inspect'
}

@test "api: no engine (clients 20 and 28)" {
	unreachable 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?'
}

@test "api: no engine (client 29)" {
	unreachable 'failed to connect to the docker API at unix:///x; check if the path is correct and if the daemon is running: dial unix /x: connect: no such file or directory'
}

@test "api: no permission for the socket (client 28)" {
	unreachable 'permission denied while trying to connect to the Docker daemon socket at unix:///x: Get "http://%2Fx/v1.41/containers/box/json": dial unix /x: connect: permission denied'
}

@test "api: no permission for the socket (client 20)" {
	unreachable 'Got permission denied while trying to connect to the Docker daemon socket at unix:///x: Get "http://%2Fx/v1.24/containers/box/json": dial unix /x: connect: permission denied'
}

@test "api: an engine behind ssh that cannot be reached" {
	unreachable 'error during connect: Get "http://docker.example.com/v1.41/containers/box/json": command [ssh -- host docker system dial-stdio] has exited with exit status 255, please make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: connect to host host port 22: Connection refused'
}

@test "api: no such context (client 20)" {
	unreachable 'Current context "nope" is not found on the file system, please check your config file at /x/.docker/config.json'
}

@test "api: no such context (client 28)" {
	unreachable 'Failed to initialize: unable to resolve docker endpoint: context "nope": context not found: open /x/.docker/contexts/meta/0/meta.json: no such file or directory'
}

@test "api: bad host" {
	unreachable 'unable to parse docker host `nonsense`'
}

@test "api: an unknown complaint about a running container, confirmed by a probe" {
	engine_says 'Error response from daemon: too many execs'
	orders probe <<<"err('Error response from daemon: too many execs\n'); end(1)"
	dexec box true
	became 'box: too many execs'
	calls_are '1-exec 2-inspect 3-probe'
}

@test "env-file: one that is not there, or is none: docker's status is 1, ours 125" {
	local text
	for text in 'open vars: no such file or directory' "invalid env file (vars): no variable name on line '=a'"; do
		rm -rf "$STANDIN"/calls/*
		engine_says "$text"
		state "running 2026-01-01T00:00:00Z 0"
		orders probe <<<"err('''$text\n'''); end(1)"
		dexec --env-file vars box true
		became "box: $text"
	done
}

@test "env-file: a command that cannot open a file says so, and stays what it is" {
	engine_says 'open vars: no such file or directory'
	state "running 2026-01-01T00:00:00Z 0"
	orders probe <<<"end(126)"
	dexec box true
	ended_by 'exit 1'
	printf 'open vars: no such file or directory\n' | cmp -s - err
}

@test "api: podman's words for no such container stay podman's" {
	local text='Error: no container with name or ID "gone" found: no such container'
	orders exec <<<"err('''$text\n'''); end(125)"
	dexec gone true
	ended_by 'exit 125'
	out_is ''
	err_has "$text"
}

@test "api: a command that prints such a line itself keeps line and status" {
	engine_says 'Error response from daemon: No such container: other'
	dexec box docker-in-docker
	ended_by 'exit 1'
	out_is ''
	err_is 'Error response from daemon: No such container: other\n'
}

@test "api: a command that prints such a line behind other output keeps both" {
	orders exec <<-'EOF'
	out('o\n'); drain()
	err('Error response from daemon: No such container: other\n'); end(1)
	EOF
	dexec box x
	ended_by 'exit 1'
	out_is 'o\n'
	err_is 'Error response from daemon: No such container: other\n'
}

@test "api: the text in two pieces, cut anywhere" {
	local text='Error response from daemon: No such container: gone'
	no_state "$text"
	for ((at = 1; at <= ${#text}; at += 2 * slow)); do
		orders exec <<-EOF
		text = '$text\n'
		err(text[:$at]); drain(); err(text[$at:]); end(1)
		EOF
		rm -rf calls/*
		dexec gone true
		became 'no such container: gone'
	done
}

@test "api: its beginning, then other words, loses nothing" {
	local text='Error response from daemon: No such container: gone'
	for ((at = 1; at <= 28; at += slow)); do
		orders exec <<-EOF
		err('$text'[:$at]); drain(); err('#other\n'); end(1)
		EOF
		rm -rf calls/*
		dexec box true
		ended_by 'exit 1'
		printf '%s#other\n' "${text:0:at}" | cmp - err || fail "at $at"
	done
}

@test "api: an ordinary failure asks nothing" {
	orders exec <<<"err('cat: x: No such file\n'); end(1)"
	dexec box cat x
	ended_by 'exit 1'
	err_is 'cat: x: No such file\n'
	calls_are 1-exec
}

@test "docker: not installed" {
	# valgrind's vfork hides why nothing was started
	! under_valgrind || return 0
	dexec --docker nosuch-docker box true
	ended_by 'exit 125'
	err_has '^dexec: cannot run nosuch-docker: No such file or directory$'
}

@test "docker: not executable" {
	# valgrind's vfork hides why nothing was started
	! under_valgrind || return 0
	: >plain
	dexec --docker ./plain box true
	ended_by 'exit 125'
	err_has '^dexec: cannot run ./plain: Permission denied$'
}

# ends_with STATUS: docker exec ends with it and without a word.
ends_with() {
	orders exec <<<"out('o\n'); end($1)"
}

# for_both FUNCTION: 137 and 255 are looked into in the same way.
for_both() {
	local status
	for status in 137 255; do
		rm -rf calls/*
		ends_with $status
		dexec box x
		out_is 'o\n'
		"$@" $status
	done
}

own_status() {
	ended_by "exit $1"
	err_is ''
}

lost() {
	ended_by 'exit 125'
	err_is "dexec: $1\n"
}

@test "137 and 255: the container runs on: the command's own" {
	for_both own_status
}

@test "137 and 255: the container has stopped" {
	state 'exited 2020-01-01T00:00:00Z 137'
	for_both lost 'container box stopped while the command ran'
}

@test "137 and 255: the container still counts as running at first" {
	state 'running 2020-01-01T00:00:00Z 0' inspect.1
	state 'exited 2020-01-01T00:00:00Z 137' inspect
	for_both lost 'container box stopped while the command ran'
}

@test "137 and 255: the container is gone" {
	no_state 'Error response from daemon: No such container: box'
	for_both lost 'container box was removed while the command ran'
}

@test "137 and 255: the container restarts" {
	state 'restarting 2020-01-01T00:00:00Z 137'
	for_both lost 'container box was restarted while the command ran'
}

# engine_clock SKEW AGE: by an engine's clock, which is SKEW s off ours, the
# container started AGE s ago.
engine_clock() {
	orders inspect <<<"out('running %s 0\n' % now($1 - $2))"
	orders info <<<"out(now($1) + '\n')"
}

@test "137 and 255: the container was restarted meanwhile" {
	engine_clock 0 0
	for_both lost 'container box was restarted while the command ran'
}

@test "137 and 255: restarted, by an engine whose clock is an hour behind" {
	engine_clock -3600 0
	for_both lost 'container box was restarted while the command ran'
}

@test "137 and 255: restarted, by an engine whose clock is an hour ahead" {
	engine_clock 3600 0
	for_both lost 'container box was restarted while the command ran'
}

@test "137 and 255: started just before, and the engine is slow to answer" {
	orders inspect <<<"out('running $(date -u +%Y-%m-%dT%H:%M:%S.%NZ) 0\n')"
	orders info <<<"said = now(0); time.sleep(0.7); out(said + '\n')"
	for_both own_status
}

@test "137 and 255: started just before, by a clock an hour ahead" {
	engine_clock 3600 20
	for_both own_status
}

@test "137 and 255: started just before, by a clock an hour behind" {
	engine_clock -3600 20
	for_both own_status
}

@test "137 and 255: an engine that tells no time" {
	orders info <<<"err('boom\n'); end(1)"
	for_both own_status
}

@test "137 and 255: times in another zone" {
	orders inspect <<<"out('running 2020-01-01T00:00:00.123456789+02:00 0\n')"
	orders info <<<"out(now(7200)[:-1] + '+02:00\n')"
	for_both own_status
}

@test "137 and 255: the engine is gone" {
	no_state 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?'
	for_both lost 'box: lost the engine while the command ran; it may be running still (Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?)'
}

@test "137: the engine never answers: given up within the limit" {
	ends_with 137
	orders inspect <<<"wait('never')"
	dexec box x
	lost 'box: lost the engine while the command ran; it may be running still (no answer)'
	within 11000
}

@test "api: the engine never answers afterwards: given up within the limit" {
	engine_says 'Error response from daemon: something'
	orders inspect <<<"wait('never')"
	dexec box x
	ended_by 'exit 125'
	err_has '^dexec: box: cannot reach the engine: no answer$'
	within 11000
}

@test "137: the command's own, within two seconds" {
	ends_with 137
	dexec box x
	own_status 137
	within 2000
}

@test "api: the engine dies behind some output (client 20: status 1)" {
	orders exec <<-'EOF'
	out('o\n'); drain()
	err('error during connect: Get "http://x/exec/1/json": read unix @->/x: read: connection reset by peer\n')
	end(1)
	EOF
	no_state 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?'
	dexec box x
	ended_by 'exit 125'
	out_is 'o\n'
}

@test "docker dies by a signal: 125, and what it left is ended" {
	orders exec <<<"out('o\n'); drain(); die('KILL')"
	dexec box x
	ended_by 'exit 125'
	out_is 'o\n'
	err_has 'docker was killed by signal 9 \(Killed\)$'
	calls_are '1-exec 2-sweep'
}

@test "docker dies by a signal with --no-reap: 125, and nothing is swept" {
	orders exec <<<"die('SEGV')"
	dexec --no-reap box x
	ended_by 'exit 125'
	calls_are 1-exec
}

@test "docker ends while a grandchild holds its output: no hang" {
	orders exec <<<"out('o\n'); err('e\n'); holder('release'); end(5)"
	dexec box x
	ended_by 'exit 5'
	out_is 'o\n'
	err_is 'e\n'
	within 2000
}

@test "docker ends while a grandchild holds its output: the last bytes survive" {
	orders exec <<<"holder('release'); out('x' * 900000 + 'end'); end(0)"
	dexec box x
	ended_by 'exit 0'
	[ "$(wc -c <out)" = 900003 ]
	[ "$(tail -c 3 out)" = end ]
}

@test "docker ends while a grandchild holds its output: buffered" {
	orders exec <<<"holder('release'); out('x' * 900000 + 'end'); end(0)"
	dexec --disable_stream box x
	ended_by 'exit 0'
	[ "$(wc -c <out)" = 900003 ]
}

@test "api: not running, but started meanwhile: still 125, not the status of a command" {
	engine_says "Error response from daemon: Container $id is not running"
	# As if docker had taken a second until it said so.
	engine_clock 0 -1
	dexec box true
	became 'container box was not running when the command was to start'
	calls_are '1-exec 2-inspect 3-info'
}

@test "api: the words of a nested docker, in a container that has run all the time" {
	engine_says "Error response from daemon: Container $id is not running"
	engine_clock 0 100
	dexec box docker exec inner true
	ended_by 'exit 1'
	err_is "Error response from daemon: Container $id is not running\n"
}

@test "api: not there, but made anew meanwhile: 125" {
	local daemon
	for daemon in 'Error response from daemon' Error; do
		engine_says "$daemon: No such container: box"
		engine_clock 0 -1
		dexec box true
		became 'container box was not running when the command was to start'
	done
}

@test "api: paused, and gone on meanwhile: 125" {
	engine_says 'Error response from daemon: Container box is paused, unpause the container before exec'
	engine_clock 0 100
	dexec box true
	became 'box: Container box is paused, unpause the container before exec'
	calls_are '1-exec 2-inspect'
	dexec outer docker exec box true
	ended_by 'exit 1'
	err_is 'Error response from daemon: Container box is paused, unpause the container before exec\n'
}

@test "api: the engine fails under docker, and works again: 125" {
	local words
	for words in 'unable to upgrade to tcp, received 500' 'Error response from daemon: No such exec instance: 1f'; do
		engine_says "$words"
		engine_clock 0 100
		dexec box true
		became "box: ${words#*daemon: }"
	done
}
